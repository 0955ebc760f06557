import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { createTokenBucket } from '#main/cluster/token-bucket.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

it('OPS-4: lets a burst through, then one every 1/qps seconds in order, and refuses what would wait too long', async () => {
  const clock = new VirtualClock()
  const bucket = createTokenBucket({ qps: 2, burst: 3, waitMaxMs: 1000, clock })
  const passed: string[] = []
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
    void bucket.take().then((allowed) => passed.push(allowed ? name : `${name} refused`))
  }
  await clock.advance(0)
  expect(passed).toEqual(['a', 'b', 'c', 'f refused'])
  await clock.advance(500)
  expect(passed.at(-1)).toBe('d')
  await clock.advance(500)
  expect(passed.at(-1)).toBe('e')
})

it('fills up to the burst and no further', async () => {
  const clock = new VirtualClock()
  const bucket = createTokenBucket({ qps: 1, burst: 2, waitMaxMs: 0, clock })
  await clock.advance(3_600_000)
  expect(await Promise.all([bucket.take(), bucket.take(), bucket.take()])).toEqual([true, true, false])
})

it('keeps a process alive that has nothing to do but wait for its turn', () => {
  const program = `
    import { createTokenBucket } from '#main/cluster/token-bucket.ts'
    import { systemClock } from '#main/system-clock.ts'
    const bucket = createTokenBucket({ qps: 20, burst: 1, waitMaxMs: 1000, clock: systemClock })
    await bucket.take()
    await bucket.take()
    console.log('served')`
  const run = spawnSync(process.execPath, ['--input-type=module-typescript', '--eval', program], { encoding: 'utf8' })
  expect(run.stdout).toBe('served\n')
})
