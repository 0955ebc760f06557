import { expect, it } from 'vitest'
import { backoffMs, KeyQueue, type Round } from '#main/controller/queue.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const settled: Round = { kind: 'settled', requeueAt: undefined }

function setUp(round: (key: string) => Promise<Round>, concurrency = 10) {
  const clock = new VirtualClock()
  return { clock, queue: new KeyQueue({ clock, concurrency, round }) }
}

/** A round that ends when told to. */
function heldRounds() {
  const open = new Map<string, (round: Round) => void>()
  const begun: string[] = []
  const round = (key: string) => {
    begun.push(key)
    return new Promise<Round>((resolve) => open.set(key, resolve))
  }
  return { begun, round, end: (key: string, with_: Round = settled) => open.get(key)?.(with_) }
}

it('OPS-61, API-251: backs off 1 ms × 2^n and never beyond ten seconds', () => {
  expect([1, 2, 3, 11, 15, 400].map(backoffMs)).toEqual([1, 2, 4, 1024, 10_000, 10_000])
})

it('OPS-60: a key added many times before its round gets one round', async () => {
  const { begun, round } = heldRounds()
  const { clock, queue } = setUp(round)
  queue.add('ns/a')
  queue.add('ns/a')
  expect(begun).toEqual([])
  await clock.advance(0)
  expect(begun).toEqual(['ns/a'])
})

it('REC-1, OPS-60: a key added during its round is never in two rounds, and gets one more', async () => {
  const { begun, round, end } = heldRounds()
  const { clock, queue } = setUp(round)
  queue.add('ns/a')
  await clock.advance(0)
  queue.add('ns/a')
  queue.add('ns/a')
  await clock.advance(1000)
  expect(begun).toEqual(['ns/a'])
  end('ns/a')
  await clock.advance(0)
  expect(begun).toEqual(['ns/a', 'ns/a'])
  end('ns/a')
  await clock.advance(60_000)
  expect(begun).toHaveLength(2)
})

it('OPS-5: no more rounds at once than allowed, and the next begins when one ends', async () => {
  const { begun, round, end } = heldRounds()
  const { clock, queue } = setUp(round, 2)
  for (const key of ['a', 'b', 'c']) queue.add(key)
  await clock.advance(10)
  expect(begun).toEqual(['a', 'b'])
  end('a')
  await clock.advance(10)
  expect(begun).toEqual(['a', 'b', 'c'])
})

it('REC-1, REC-2, OPS-61, API-251: failures back off per key, events do not shorten it, and success resets it', async () => {
  const at: number[] = []
  let failing = true
  const { clock, queue } = setUp(async () => {
    at.push(clock.now() - start)
    return failing ? { kind: 'failed' } : settled
  })
  const start = clock.now()
  queue.add('ns/a')
  await clock.advance(3)
  expect(at).toEqual([0, 1, 3])
  queue.add('ns/a')
  await clock.advance(3)
  expect(at).toEqual([0, 1, 3])
  failing = false
  await clock.advance(10)
  expect(at).toEqual([0, 1, 3, 7])
  queue.add('ns/a')
  await clock.advance(0)
  expect(at).toHaveLength(5)
})

it('REC-8: wakes a key at the time its round asked for, and the newest round decides', async () => {
  const answers: Round[] = []
  const at: number[] = []
  const { clock, queue } = setUp(async () => {
    at.push(clock.now() - start)
    return answers.shift() ?? settled
  })
  const start = clock.now()
  answers.push({ kind: 'settled', requeueAt: start + 5000 })
  queue.add('ns/a')
  await clock.advance(1000)
  queue.add('ns/a')
  await clock.advance(60_000)
  expect(at).toEqual([0, 1000])
})

it('OPS-70: a round that came too early is repeated without counting as a failure', async () => {
  const answers: Round[] = [{ kind: 'later', delayMs: 100 }, { kind: 'failed' }]
  const at: number[] = []
  const { clock, queue } = setUp(async () => {
    at.push(clock.now() - start)
    return answers.shift() ?? settled
  })
  const start = clock.now()
  queue.add('ns/a')
  await clock.advance(1000)
  expect(at).toEqual([0, 100, 101])
})

it('OPS-62: a round that rejects counts as failed and does not stop other keys', async () => {
  const begun: string[] = []
  const { clock, queue } = setUp(async (key) => {
    begun.push(key)
    if (key === 'bad') throw new Error('bug')
    return settled
  })
  queue.add('bad')
  queue.add('good')
  await clock.advance(1)
  expect(begun).toEqual(['bad', 'good', 'bad'])
})

it('forgets a key whose object is gone', async () => {
  const { clock, queue } = setUp(async () => ({ kind: 'forget' }))
  queue.add('ns/a')
  await clock.advance(0)
  expect(queue.size).toBe(0)
})

it('stops: waits for the round under way and begins none after it', async () => {
  const { begun, round, end } = heldRounds()
  const { clock, queue } = setUp(round)
  queue.add('a')
  await clock.advance(0)
  queue.add('b')
  let stopped = false
  const stopping = queue.stop().then(() => {
    stopped = true
  })
  await clock.advance(10)
  expect({ stopped, begun }).toEqual({ stopped: false, begun: ['a'] })
  end('a')
  await stopping
  await clock.advance(60_000)
  expect(begun).toEqual(['a'])
})
