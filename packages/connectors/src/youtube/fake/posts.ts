import type { SandboxPost } from '../../sandbox/sandbox.ts'
import type { World } from './model.ts'
import { uploadStatus, videoResource } from './video.ts'

const PARTS = ['snippet', 'status', 'processingDetails', 'fileDetails']

/** What the project has made: videos, each with what was done to it afterwards. */
export async function listPosts(project: string, { deps, model }: World): Promise<SandboxPost[]> {
  const now = deps.now()
  const [captions, items, comments] = await Promise.all([
    model.list('caption', project),
    model.list('item', project),
    model.list('comment', project)
  ])
  const posts: SandboxPost[] = []
  for (const { id, doc } of await model.list('video', project))
    posts.push({
      id,
      channel: doc.channel,
      title: String(doc.body.snippet?.title),
      metadata: {
        ...videoResource(id, doc, PARTS, now),
        notifySubscribers: doc.notify,
        thumbnail: await model.get('thumbnail', id),
        captions: captions.flatMap(c => (c.doc.video === id ? [c.doc] : [])),
        playlists: items.flatMap(i => (i.doc.video === id ? [i.doc.playlist] : [])),
        comments: comments.flatMap(c => (c.doc.video === id ? [{ id: c.id, ...c.doc }] : []))
      },
      bytes: doc.bytes,
      sha256: doc.sha256,
      state: uploadStatus(doc, now),
      createdAt: doc.createdAt
    })
  return posts
}
