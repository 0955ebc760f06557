import { describe, expect, it } from 'vitest'
import type { AwsAnswers, AwsQuestions } from '#engine/traffic/alb/aws-answers.ts'
import { AwsKnowledge } from '#main/controller/aws-knowledge.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const about = (hostNames: readonly string[], targetGroups: readonly string[] = []): AwsQuestions => ({
  hostNames,
  targetGroups,
})
const answering = ({ hostNames, targetGroups }: AwsQuestions): AwsAnswers => ({
  loadBalancers: new Map(hostNames.map((name) => [name, { ok: true, value: undefined }])),
  targets: new Map(targetGroups.map((arn) => [arn, { ok: true, value: [] }])),
})

function knowing() {
  const clock = new VirtualClock()
  const asked: AwsQuestions[] = []
  const answered: string[] = []
  const waiting: (() => void)[] = []
  const ask = (questions: AwsQuestions): Promise<AwsAnswers> => {
    asked.push(questions)
    return new Promise((resolve) => waiting.push(() => resolve(answering(questions))))
  }
  const knowledge = new AwsKnowledge(clock, { tagKey: 'tag', ask }, (key) => answered.push(key))
  const answer = async (): Promise<void> => {
    waiting.shift()?.()
    await Promise.resolve().then(() => undefined)
    await Promise.resolve()
  }
  const names = (key = 'shop/web') => [...knowledge.of(key).loadBalancers.keys(), ...knowledge.of(key).targets.keys()]
  return { clock, knowledge, asked, answered, answer, names }
}

describe('what AWS has said', () => {
  it('ALB-20: is asked once at a time for each Rollout, and told when it is there', async () => {
    const { knowledge, asked, answered, answer, names } = knowing()
    void knowledge.ask('shop/web', about(['a']))
    void knowledge.ask('shop/web', about(['a']))
    void knowledge.ask('shop/api', about(['b']))
    expect([asked.length, names()]).toEqual([2, []])
    await answer()
    expect([answered, names(), names('shop/api')]).toEqual([['shop/web'], ['a'], []])
  })

  it('SVC-21: adds up, weights and targets', async () => {
    const { knowledge, answer, names } = knowing()
    void knowledge.ask('shop/web', about(['a']))
    await answer()
    void knowledge.ask('shop/web', about([], ['arn']))
    await answer()
    expect(names()).toEqual(['a', 'arn'])
  })

  it('TR-28: is too old when it is looked at again', async () => {
    const { clock, knowledge, answer, names } = knowing()
    void knowledge.ask('shop/web', about(['a']))
    await answer()
    await clock.advance(9_000)
    expect(names()).toEqual(['a'])
    await clock.advance(1_000)
    expect(names()).toEqual([])
  })

  it('TR-29: counts for nothing once something was written, whether it is there or on its way', async () => {
    const { knowledge, answered, answer, names } = knowing()
    void knowledge.ask('shop/web', about(['a']))
    await answer()
    knowledge.forget('shop/web')
    expect(names()).toEqual([])
    void knowledge.ask('shop/web', about(['a']))
    knowledge.forget('shop/web')
    await answer()
    expect(names()).toEqual([])
    expect(answered).toEqual(['shop/web', 'shop/web'])
  })

  it('TR-26: a question that could not even be put is an answer, and the next one is asked', async () => {
    const { clock } = knowing()
    let asked = 0
    const ask = async (): Promise<AwsAnswers> => {
      asked++
      throw new Error('no such module')
    }
    const knowledge = new AwsKnowledge(clock, { tagKey: 'tag', ask }, () => undefined)
    await knowledge.ask('shop/web', about(['a'], ['arn']))
    const { loadBalancers, targets } = knowledge.of('shop/web')
    expect([loadBalancers.get('a'), targets.get('arn')]).toEqual([
      { ok: false, error: 'no such module' },
      { ok: false, error: 'no such module' },
    ])
    await knowledge.ask('shop/web', about(['a']))
    expect(asked).toBe(2)
  })
})
