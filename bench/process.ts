import { readFile } from 'node:fs/promises'

/** CPU seconds and memory in MB of a process, from the kernel. */
export async function readProcess(pid: number) {
  const stat = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ')
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const kb = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1])
  return { cpu: (Number(stat[11]) + Number(stat[12])) / 100, rss: kb('VmRSS') / 1024, peak: kb('VmHWM') / 1024 }
}

export const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
