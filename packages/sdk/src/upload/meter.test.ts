import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMeter } from './meter.ts'

const MB = 1_000_000

test('at a steady speed both figures are right from the first second on', () => {
  const meter = createMeter(100 * MB)
  assert.deepEqual(meter.read(0, 0), { bytesPerSecond: null, secondsLeft: null })
  for (let now = 0.2; now < 50; now += 0.2) {
    const { bytesPerSecond, secondsLeft } = meter.read(2 * MB * now, now)
    if (now < 1) assert.equal(bytesPerSecond, null)
    else {
      assert.ok(Math.abs((bytesPerSecond ?? 0) / (2 * MB) - 1) < 0.01, `${bytesPerSecond} at ${now}`)
      assert.ok(Math.abs((secondsLeft ?? 0) - (50 - now)) <= 1.1, `${secondsLeft} at ${now}`)
    }
  }
})

test('on a line that comes in bursts the time left moves by little more than the time that passes', () => {
  const meter = createMeter(600 * MB)
  let bytes = 0
  let shown: number | null = null
  for (let tick = 0; tick < 300; tick++) {
    // Nothing for a second, then two seconds' worth at once: 1 MB/s in the mean.
    if (tick % 10 === 9) bytes += 2 * MB
    const { secondsLeft } = meter.read(bytes, tick * 0.2)
    if (tick > 50 && shown !== null && secondsLeft !== null) {
      assert.ok(Math.abs(secondsLeft - shown) / shown < 0.06, `${shown} s, then ${secondsLeft} s`)
    }
    shown = secondsLeft
  }
})

test('a line that stands still has no time left to tell, and after a pause it begins anew', () => {
  const meter = createMeter(100 * MB)
  for (let now = 0; now < 10; now += 0.2) meter.read(MB * now, now)
  for (let now = 10; now < 120; now += 0.2) meter.read(10 * MB, now)
  assert.equal(meter.read(10 * MB, 121).secondsLeft, null)
  meter.reset()
  assert.equal(meter.read(10 * MB, 200).bytesPerSecond, null)
  assert.equal(meter.read(13 * MB, 201).bytesPerSecond, 3 * MB)
})
