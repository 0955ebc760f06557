import { expect, it } from 'vitest'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { Failure } from '#lib/failure.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { createCanI } from '#main/cluster/can-i.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

function set(answers: readonly Outcome<boolean, Failure>[]) {
  const clock = new VirtualClock()
  const asked: unknown[] = []
  const create = async (_: unknown, review: KubeObject): Promise<Outcome<KubeObject, Failure>> => {
    asked.push((review as KubeObject & { spec: { resourceAttributes: unknown } }).spec.resourceAttributes)
    const answer = answers[Math.min(asked.length, answers.length) - 1]
    if (answer === undefined || !answer.ok) return answer ?? failure({ kind: 'Conflict', message: '' })
    return success({ ...review, status: { allowed: answer.value } })
  }
  return { clock, asked, canI: createCanI({ create }, clock) }
}

const question = { verb: 'patch', resource: resources.rollouts, subresource: 'status', namespace: 'web' }

it('asks in the words of RBAC', async () => {
  const { canI, asked } = set([success(true)])
  expect(await canI(question)).toEqual({ ok: true, value: true })
  expect(asked).toEqual([
    {
      verb: 'patch',
      group: 'argoproj.io',
      version: 'v1alpha1',
      resource: 'rollouts',
      subresource: 'status',
      namespace: 'web',
    },
  ])
})

it('an answer stands for a minute, and a question under way is asked once', async () => {
  const { canI, asked, clock } = set([success(false), success(true)])
  await Promise.all([canI(question), canI(question)])
  await clock.advance(59_999)
  expect(await canI(question)).toEqual({ ok: true, value: false })
  expect(asked).toHaveLength(1)
  await clock.advance(1)
  expect(await canI(question)).toEqual({ ok: true, value: true })
})

it('different questions have different answers', async () => {
  const { canI, asked } = set([success(true)])
  await canI(question)
  await canI({ ...question, namespace: undefined })
  await canI({ ...question, subresource: undefined })
  await canI({ ...question, name: 'shop' })
  expect(asked).toHaveLength(4)
  expect(asked.at(-1)).toMatchObject({ name: 'shop' })
})

it('a failure is not remembered', async () => {
  const { canI } = set([failure({ kind: 'ServerError', message: 'etcd', status: 500 }), success(true)])
  expect((await canI(question)).ok).toBe(false)
  expect(await canI(question)).toEqual({ ok: true, value: true })
})

it('remembers at most a thousand answers', async () => {
  const { canI, asked } = set([success(true)])
  for (let i = 0; i <= 1000; i++) await canI({ ...question, namespace: `ns-${i}` })
  await canI({ ...question, namespace: 'ns-1000' })
  expect(asked).toHaveLength(1001)
  await canI({ ...question, namespace: 'ns-0' })
  expect(asked).toHaveLength(1002)
})
