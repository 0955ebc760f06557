import { describe, expect, it } from 'vitest'
import { SendQueue } from '#main/controller/send-queue.ts'

/** Works that end when they are told to. */
function works() {
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  return {
    begun,
    work: (name: string) => () => {
      begun.push(name)
      return new Promise<void>((resolve) => ends.set(name, resolve))
    },
    end: async (name: string) => {
      ends.get(name)?.()
      await turn()
    },
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('OPS-153: what waits to be said', () => {
  it('goes in order per key, several keys at once', async () => {
    const queue = new SendQueue({ concurrency: 2, waitingMax: 10, perKeyMax: 10 })
    const { begun, work, end } = works()
    for (const [key, name] of [
      ['a', 'a1'],
      ['a', 'a2'],
      ['b', 'b1'],
      ['c', 'c1'],
    ] as const)
      queue.add(key, work(name))
    await turn()
    expect(begun).toEqual(['a1', 'b1'])
    await end('b1')
    expect(begun).toEqual(['a1', 'b1', 'c1'])
    await end('a1')
    expect(begun).toEqual(['a1', 'b1', 'c1', 'a2'])
  })

  it('is bounded, in all and per key; who adds is told', async () => {
    const queue = new SendQueue({ concurrency: 1, waitingMax: 3, perKeyMax: 2 })
    const { work } = works()
    const add = (key: string) => queue.add(key, work(key))
    expect([add('a'), add('a'), add('a'), add('b'), add('c')]).toEqual([true, true, false, true, false])
    await turn()
    expect(queue.clear()).toBe(2)
  })

  it('says when nothing is left', async () => {
    const queue = new SendQueue({ concurrency: 1, waitingMax: 3, perKeyMax: 3 })
    const { work, end } = works()
    await queue.drained()
    queue.add('a', work('a1'))
    queue.add('a', work('a2'))
    let isDrained = false
    const drained = queue.drained().then(() => {
      isDrained = true
    })
    await turn()
    await end('a1')
    expect(isDrained).toBe(false)
    await end('a2')
    expect(isDrained).toBe(true)
    await drained
  })
})
