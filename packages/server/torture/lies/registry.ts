import { createHash } from 'node:crypto'
import type pg from 'pg'
import type { Story } from './story.ts'

/** What an exchange shows of whose it is. */
interface Shown {
  readonly platform: string
  readonly query: URLSearchParams
  readonly token: string | undefined
  /** The app that it names. */
  readonly app: string | undefined
}

export type Registry = ReturnType<typeof openRegistry>

/** Finds the story of an exchange: by the app that it names, by its token, or by the upload that it brings bytes to. */
export function openRegistry(pool: pg.Pool) {
  const stories = new Map<string, Story>()
  const known = new Map<string, string>()

  /** The project of a document of the sandbox. */
  async function ownerOf(platform: string, kind: string, id: string): Promise<string | undefined> {
    const key = `${platform} ${id}`
    const found = known.get(key)
    if (found !== undefined) return found
    const { rows } = await pool.query(
      'select project from sandbox_documents where platform = $1 and kind like $2 and id = $3 limit 1',
      [platform, kind, id]
    )
    if (rows[0]) known.set(key, rows[0].project)
    return rows[0]?.project
  }

  return {
    add(story: Story): void {
      stories.set(story.project, story)
    },
    all: (): readonly Story[] => [...stories.values()],
    remove(story: Story): void {
      stories.delete(story.project)
    },
    async find({ platform, query, token, app }: Shown): Promise<Story | undefined> {
      const upload = query.get('upload_id')
      const project =
        app ??
        (token === undefined ? undefined : await ownerOf(platform, '%', digest(token))) ??
        (upload === null ? undefined : await ownerOf(platform, '%.session', upload))
      return project === undefined ? undefined : stories.get(project)
    },
    /** The platform forgets an access token, and nothing else. */
    async endToken(token: string | undefined): Promise<void> {
      if (token === undefined) return
      await pool.query(`delete from sandbox_documents where kind like '%.access' and id = $1`, [digest(token)])
    }
  }
}

/** As the sandbox stores tokens. */
const digest = (text: string): string => createHash('sha256').update(text).digest('base64url')
