import { expect, it } from 'vitest'
import type { KubeObject } from '#api/meta.ts'
import type { Failure } from '#lib/failure.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { createWhoAmI } from '#main/cluster/who-am-i.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

function set(...answers: readonly (string | Failure)[]) {
  const clock = new VirtualClock()
  let asked = 0
  const create = async (_: unknown, review: KubeObject): Promise<Outcome<KubeObject, Failure>> => {
    const answer = answers[asked++]
    if (typeof answer !== 'string') return failure(answer ?? { kind: 'Conflict', message: '' })
    return success({ ...review, status: { userInfo: { username: answer } } })
  }
  return { clock, asked: () => asked, whoAmI: createWhoAmI({ create }, clock) }
}

const none: Failure = { kind: 'NotFound', message: '', resource: 'selfsubjectreviews', name: undefined }

it('ACT-15: the cluster is asked once, and again for another credential', async () => {
  const { whoAmI, asked } = set('ada@corp', 'bob@corp')
  expect(await Promise.all([whoAmI.name(), whoAmI.name()])).toEqual(['ada@corp', 'ada@corp'])
  expect(asked()).toBe(1)
  whoAmI.forget()
  expect(await whoAmI.name()).toBe('bob@corp')
})

it('ACT-15: one that does not tell is asked again after a minute', async () => {
  const { whoAmI, asked, clock } = set(none, 'ada@corp')
  expect(await whoAmI.name()).toBeUndefined()
  await clock.advance(59_999)
  expect(await whoAmI.name()).toBeUndefined()
  expect(asked()).toBe(1)
  await clock.advance(1)
  expect(await whoAmI.name()).toBe('ada@corp')
})

it('ACT-15: a name is cut where it could fill the record', async () => {
  const { whoAmI } = set('x'.repeat(1000))
  expect(await whoAmI.name()).toHaveLength(256)
})
