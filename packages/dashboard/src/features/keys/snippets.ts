/** Both work as they are pasted, with a file `video.mp4` beside them. */
export const curlFor = (base: string, key: string, accountId = 'ACCOUNT_ID'): string =>
  `curl -sS ${base}/api/upload \\
  -H 'X-Api-Key: ${key}' \\
  -F 'title=My first upload' \\
  -F 'accounts=${accountId}' \\
  -F 'file=@video.mp4;type=video/mp4'`

export const typescriptFor = (base: string, key: string, accountId = 'ACCOUNT_ID'): string =>
  `import { createClient } from '@upload24/sdk'
import { openFile } from '@upload24/sdk/node'

const client = createClient({ baseUrl: '${base}', apiKey: '${key}' })
const upload = client.upload(await openFile('video.mp4'), {
  title: 'My first upload',
  accounts: ['${accountId}']
})
const { uploadId, status } = await upload.done
console.log(uploadId, status)`
