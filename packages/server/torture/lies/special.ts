import { type Flow, facebook, first, instagram, publishOn, TT_LAST, tiktok, YT_LAST, youtube } from './flows.ts'

const FB_PUBLISH = publishOn('graph.facebook.com')
const small = { bytes: 200_000 }
const PRIVATE = { privacyLevel: 'SELF_ONLY' }
const slowToken = { at: 'token', ms: 1500, times: 2 }

/** The lies that only one platform tells, each in the way of its sheet. */
export const SPECIAL: readonly Flow[] = [
  // A post that shows up late.
  {
    ...youtube,
    name: 'youtube: the session is forgotten and the list is ten minutes late',
    isCore: true,
    base: [first(YT_LAST, 'answer lost')],
    faults: { forgetSessions: { at: 'lastChunk', when: 'after' }, showPostsAfterSeconds: 600 }
  },
  {
    ...youtube,
    name: 'youtube: every byte is there and the result is a minute late',
    faults: { lateResult: { seconds: 60 }, processing: { seconds: 300 } }
  },
  { ...tiktok, name: 'tiktok: the post takes half an hour', faults: { processing: { seconds: 1800, idSeconds: 600 } } },
  {
    ...tiktok,
    name: 'tiktok: the publish id is forgotten and the list is ten minutes late',
    base: [first(TT_LAST, 'answer lost')],
    faults: { forgetSessions: { at: 'lastChunk', when: 'after' }, showPostsAfterSeconds: 600 }
  },
  {
    ...facebook,
    name: 'instagram: the publish call is cut, and list and status are a minute late',
    base: [first(FB_PUBLISH, 'answer cut in its body')]
  },

  // A session forgotten.
  {
    ...youtube,
    name: 'youtube: the session is forgotten before the second chunk',
    faults: { forgetSessions: { at: 'chunk', after: 1, when: 'before' } }
  },
  {
    ...youtube,
    name: 'youtube: the session is forgotten, and so are file names',
    base: [first(YT_LAST, 'answer lost')],
    faults: { ignoreSlug: true, forgetSessions: { at: 'lastChunk', when: 'after' } }
  },
  {
    ...tiktok,
    name: 'tiktok: the publish id is forgotten before the second chunk',
    faults: { forgetSessions: { at: 'chunk', after: 1, when: 'before' } }
  },
  {
    ...tiktok,
    name: 'tiktok: the publish id of a private post is forgotten: nobody can tell',
    isCore: true,
    options: PRIVATE,
    base: [first(TT_LAST, 'answer lost')],
    faults: { forgetSessions: { at: 'lastChunk', when: 'after' } },
    end: 'unknown'
  },
  {
    ...facebook,
    name: 'instagram: the container is forgotten with its bytes',
    faults: { ...facebook.faults, forgetSessions: { at: 'upload', when: 'after' } }
  },
  {
    ...facebook,
    name: 'instagram: the container is forgotten with the publish call',
    base: [first(FB_PUBLISH, 'answer lost')],
    faults: { ...facebook.faults, forgetSessions: { at: 'publish', when: 'after' } }
  },

  // A refusal that was a success.
  {
    ...facebook,
    name: 'instagram: publishes and answers 403, action blocked',
    isCore: true,
    faults: { ...facebook.faults, status: { at: 'publish', when: 'after', code: 403, reason: '4/2207051' } }
  },
  {
    ...instagram,
    name: 'instagram: publishes and answers 400, not ready',
    faults: { ...instagram.faults, status: { at: 'publish', when: 'after', code: 400, reason: '9007/2207027' } }
  },
  {
    ...facebook,
    name: 'instagram: does not publish and answers 500 twice',
    faults: { ...facebook.faults, status: { at: 'publish', when: 'before', code: 500, reason: '1/2207001', times: 2 } }
  },
  {
    ...youtube,
    name: 'youtube: makes the video and answers 503 three times',
    faults: { status: { at: 'lastChunk', when: 'after', code: 503, times: 3 } }
  },
  {
    ...tiktok,
    name: 'tiktok: makes the post and answers 404',
    isCore: true,
    faults: { status: { at: 'lastChunk', when: 'after', code: 404 } }
  },
  {
    ...tiktok,
    name: 'tiktok: makes the post and answers 416',
    faults: { status: { at: 'lastChunk', when: 'after', code: 416 }, hideUploadedBytes: true }
  },

  // An acknowledgement that is not the post.
  {
    ...youtube,
    name: 'youtube: answers 201 and cannot read the codec',
    isCore: true,
    faults: { processing: { seconds: 20, failureReason: 'codec' } },
    end: 'refused'
  },
  {
    ...youtube,
    name: 'youtube: answers 201 and rejects it as a duplicate',
    faults: { processing: { seconds: 20, rejectionReason: 'duplicate' } },
    end: 'refused'
  },
  {
    ...tiktok,
    name: 'tiktok: takes the last byte and finds spam',
    faults: { processing: { failReason: 'spam_risk' } },
    end: 'refused'
  },
  {
    ...tiktok,
    name: 'tiktok: takes the last byte and fails by itself: begun anew',
    faults: { processing: { failReason: 'internal' } }
  },
  {
    ...facebook,
    name: 'instagram: takes the bytes and cannot process them: begun anew',
    faults: { ...facebook.faults, processing: { seconds: 20, error: '2207082' } }
  },
  {
    ...instagram,
    name: 'instagram: says that it fetches the file and cannot: begun anew',
    faults: { ...instagram.faults, pull: { fail: 'timeout' } }
  },
  {
    ...facebook,
    name: 'instagram: another tool posts in the moment of a lost publish call',
    isCore: true,
    base: [first(FB_PUBLISH, 'answer lost')],
    faults: { ...facebook.faults, foreign: {} }
  },

  // Wrong words about the bytes.
  {
    ...tiktok,
    name: 'tiktok: tells no progress, and a lost chunk',
    base: [first('PUT open-upload.tiktokapis.com/video/ (from 20000000)', 'answer lost')],
    faults: { progress: 'absent', hideUploadedBytes: true, repeatedRange: '206' }
  },
  {
    ...youtube,
    name: 'youtube: 308 with Retry-After, and 416 for a wrong offset',
    base: [first(YT_LAST, 'request cut')],
    faults: { wait: { at: 'chunk', seconds: 20 }, wrongOffset: '416' }
  },

  // Two refreshes at once, and a grant that ends.
  {
    ...youtube,
    ...small,
    name: 'youtube: two refreshes at once',
    act: 'pair',
    tokenLeft: -10,
    faults: { delayMs: slowToken }
  },
  {
    ...tiktok,
    ...small,
    name: 'tiktok: two refreshes at once, a second use kills the token',
    isCore: true,
    options: PRIVATE,
    act: 'pair',
    tokenLeft: -10,
    faults: { delayMs: slowToken }
  },
  {
    ...tiktok,
    ...small,
    name: 'tiktok: two refreshes at once, and the answer is lost',
    options: PRIVATE,
    act: 'pair',
    tokenLeft: -10,
    base: [first('POST open.tiktokapis.com/v2/oauth/token/ (refresh_token)', 'answer lost')],
    faults: { delayMs: slowToken }
  },
  {
    ...youtube,
    name: 'youtube: the grant is withdrawn at the second chunk',
    isCore: true,
    faults: { revokeGrant: { at: 'chunk', after: 1 } }
  },
  { ...youtube, name: 'youtube: the grant is withdrawn at the first look', faults: { revokeGrant: { at: 'status' } } },
  { ...tiktok, name: 'tiktok: the grant is withdrawn at the first look', faults: { revokeGrant: { at: 'status' } } },
  {
    ...facebook,
    name: 'instagram: the grant is withdrawn at the publish call',
    faults: { ...facebook.faults, revokeGrant: { at: 'publish' } }
  },

  // An answer that never ends.
  {
    ...youtube,
    name: 'youtube: the list of what was made trickles past the fence',
    base: [first('GET www.googleapis.com/youtube/v3/videos (status,processingDetails)', 'answer that trickles')]
  },
  {
    ...tiktok,
    name: 'tiktok: the opening trickles past the fence',
    base: [first('POST open.tiktokapis.com/v2/post/publish/video/init/', 'answer that trickles')]
  },
  {
    ...instagram,
    name: 'instagram: the new container trickles past the fence',
    base: [first('POST graph.instagram.com/v25.0/*/media', 'answer that trickles')]
  }
]
