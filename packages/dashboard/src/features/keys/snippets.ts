import type { NewKey } from './api.ts'

interface Snippets {
  readonly title: string
  readonly curl: string
  readonly typescript: string
}

/** Both work as they are pasted: with this key, at this server, on that account, with the film that the server brings. */
export function snippetsFor(base: string, made: Pick<NewKey, 'key' | 'scopes'>, accountId = 'ACCOUNT_ID'): Snippets {
  if (made.scopes.includes('upload:write'))
    return {
      title: 'Send a video with it',
      curl: `curl -sSO ${base}/sample.mp4
curl -sS ${base}/api/upload \\
  -H 'X-Api-Key: ${made.key}' \\
  -F 'title=My first upload' \\
  -F 'accounts=${accountId}' \\
  -F 'file=@sample.mp4;type=video/mp4'`,
      typescript: `import { createClient } from '@upload24/sdk'

const client = createClient({ baseUrl: '${base}', apiKey: '${made.key}' })
const film = await fetch('${base}/sample.mp4').then(answer => answer.blob())
const upload = client.upload(
  film,
  { title: 'My first upload', accounts: ['${accountId}'] },
  { fileName: 'sample.mp4' }
)
const { uploadId, status } = await upload.done
console.log(uploadId, status)`
    }
  const [title, path, method] = made.scopes.includes('upload:read')
    ? ['Read the quota with it', '/quota', 'quota.read()']
    : ['Read the accounts with it', '/accounts', 'accounts.list()']
  return {
    title,
    curl: `curl -sS ${base}${path} \\\n  -H 'X-Api-Key: ${made.key}'`,
    typescript: `import { createClient } from '@upload24/sdk'

const client = createClient({ baseUrl: '${base}', apiKey: '${made.key}' })
console.log(await client.${method})`
  }
}
