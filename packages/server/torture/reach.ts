import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds in which an end that the database knows reaches the process too: its last point may lie behind. */
const LAST_POINT = 10_000

/** Waits until a process came to its point. False: all was over, and it did not. */
export async function untilReached(isThere: () => boolean, over: Promise<unknown>): Promise<boolean> {
  let isOver = false
  const end = () => {
    isOver = true
  }
  over.then(end, end)
  while (!isThere() && !isOver) await sleep(10)
  for (const giveUpAt = performance.now() + LAST_POINT; !isThere() && performance.now() < giveUpAt; ) await sleep(10)
  return isThere()
}
