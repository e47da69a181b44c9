import { spawn, spawnSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'

export const hasNginx = () => spawnSync('nginx', ['-v']).status === 0

/** nginx storing DAV PUTs into `folder`; `buffer` is its client_body_buffer_size, 16k when nobody sets it. */
export async function startNginx(folder: string, buffer: string) {
  const port = await freePort()
  await mkdir(join(folder, 'files'), { recursive: true })
  await mkdir(join(folder, 'body'), { recursive: true })
  const config = join(folder, 'nginx.conf')
  await writeFile(
    config,
    `daemon off; master_process off; pid ${folder}/nginx.pid; error_log stderr crit;
events {}
http {
  access_log off; client_max_body_size 0; client_body_temp_path ${folder}/body; client_body_buffer_size ${buffer};
  proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  server { listen 127.0.0.1:${port}; root ${folder}/files; location / { dav_methods PUT DELETE; } }
}
`
  )
  const child = spawn('nginx', ['-c', config, '-p', folder], { stdio: 'inherit' })
  const url = `http://127.0.0.1:${port}`
  while (!(await fetch(url).catch(() => null))) await new Promise(done => setTimeout(done, 20))
  return { child, url }
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>(done => probe.listen(0, '127.0.0.1', done))
  const { port } = probe.address() as AddressInfo
  await new Promise(done => probe.close(done))
  return port
}
