import type { Verdict } from '../errors.ts'

const NO_VIDEO: Verdict = ['restart', 'delivery', 'YouTube does not show the video.']
const no = (message: string): Verdict => ['permanent', 'delivery', message]
const OUR_REQUEST = no('YouTube did not understand the request. This is a fault of ours.')

/** An extra that fails stops nothing else: neither the account's uploads nor, when its units are used up, the installation's. */
const ALL = {
  insufficientPermissions: no(
    'The permission for this was not given. Link the channel again and leave every box ticked.'
  ),
  forbidden: no('YouTube does not allow this channel to do that.'),
  quotaExceeded: [
    'retry',
    'delivery',
    "YouTube's daily allowance for this installation is used up. It goes on at midnight Pacific time.",
    'midnight'
  ],
  videoNotFound: NO_VIDEO
} as const satisfies Record<string, Verdict>

/** By host, then by reason: the error lists of thumbnails/set, playlistItems/insert, captions/insert and commentThreads/insert. */
export const EXTRAS: Readonly<Record<string, Readonly<Record<string, Verdict>>>> = {
  thumbnail: {
    ...ALL,
    forbidden: no('YouTube allows own thumbnails only to channels that are verified by phone.'),
    invalidImage: no('YouTube cannot read this picture.'),
    uploadRateLimitExceeded: [
      'retry',
      'delivery',
      'This channel has set too many thumbnails. It goes on in a day.',
      86_400
    ]
  },
  playlist: {
    ...ALL,
    playlistNotFound: no('There is no such playlist on this channel any more.'),
    playlistContainsMaximumNumberOfVideos: no('The playlist is full.'),
    playlistItemsNotAccessible: no('YouTube does not allow this channel to change the playlist.'),
    playlistOperationUnsupported: no('YouTube does not allow videos to be added to this playlist.'),
    videoAlreadyInAnotherSeriesPlaylist: no('The video is in another series already.'),
    manualSortRequired: OUR_REQUEST,
    invalidResourceType: OUR_REQUEST,
    playlistIdRequired: OUR_REQUEST,
    resourceIdRequired: OUR_REQUEST,
    invalidPlaylistItemPosition: OUR_REQUEST
  },
  captions: {
    ...ALL,
    contentRequired: no('YouTube found the caption file empty.'),
    invalidMetadata: no('YouTube cannot read these captions, or does not know their language.'),
    nameTooLong: no('YouTube found the name of the captions too long.')
  },
  comment: {
    ...ALL,
    commentsDisabled: no('Comments are switched off for this video.'),
    ineligibleAccount: no('YouTube does not let this account comment.'),
    commentTextRequired: no('YouTube refused an empty comment.'),
    commentTextTooLong: no('YouTube found the comment too long.'),
    invalidCommentThreadMetadata: OUR_REQUEST,
    channelOrVideoIdMissing: OUR_REQUEST,
    channelNotFound: NO_VIDEO,
    // "The API server failed to successfully process the request. While this can be a transient error, it usually indicates that the
    // request's input is invalid": docs/commentThreads/insert. Begun anew, it looks for the comment before it is made again.
    processingFailure: ['restart', 'delivery', 'YouTube could not take the comment.']
  }
}
