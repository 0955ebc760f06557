import { describe, expect, it } from 'vitest'
import type { Rollout } from '#api/rollout.ts'
import { parseConfiguration } from '#engine/notifications/configuration.ts'
import { memoryAnnotation, memoryText } from '#engine/notifications/memory.ts'
import { deliveryOf, isSubscribed, isWatched, planConditions, sendsOfEvent } from '#engine/notifications/plan.ts'
import { variablesOf } from '#engine/notifications/variables.ts'
import { aRollout } from '#test/support/builders/rollout.ts'

const now = Date.parse('2026-11-28T12:30:00Z')

function configured(data: Readonly<Record<string, string>>) {
  const outcome = parseConfiguration(data, { secret: 's3cret' })
  if (!outcome.ok) throw new Error(outcome.error)
  return outcome.value
}

const subscribed = (annotations: Readonly<Record<string, string>>, phase = 'Healthy'): Rollout => ({
  ...aRollout(),
  metadata: {
    name: 'shop',
    namespace: 'web',
    annotations: Object.fromEntries(
      Object.entries(annotations).map(([name, value]) => [
        name.replace(/^subscribe/, 'notifications.argoproj.io/subscribe'),
        value,
      ]),
    ),
  },
  status: { phase: phase as 'Healthy', currentPodHash: 'abc' },
})

const variables = (rollout: Rollout) => variablesOf(rollout, [], { secret: 's3cret' })

describe('what an Event fires (OPS-152)', () => {
  const configuration = configured({
    'trigger.on-rollout-paused':
      '[{send: [a]}, {when: "rollout.status.phase == \'Healthy\'", send: [b]}, {when: "false", send: [c]}]',
  })
  const fired = (rollout: Rollout, reason: string) =>
    sendsOfEvent(configuration, { regarding: rollout, reason }, variables(rollout), now)

  it('every condition without `when`, and every other that is true, for each destination', () => {
    const destinations = ['x', 'y'].map((recipient) => ({ service: 'slack', recipient }))
    expect(fired(subscribed({ 'subscribe.on-rollout-paused.slack': 'x;y' }), 'RolloutPaused')).toEqual(
      destinations.flatMap((destination) =>
        [['a'], ['b']].map((templates) => ({ trigger: 'on-rollout-paused', templates, destination })),
      ),
    )
  })

  it('nothing without a destination, and nothing for a trigger that is not configured', () => {
    const regarding = subscribed({
      'subscribe.on-rollout-paused.slack': 'x',
      'subscribe.on-rollout-completed.slack': 'x',
    })
    const asks = ['RolloutPaused', 'RolloutCompleted', 'RolloutAborted']
    expect(asks.map((reason) => isSubscribed(configuration, { regarding, reason }))).toEqual([true, false, false])
    expect(fired(subscribed({}), 'RolloutPaused')).toEqual([])
    expect(fired(subscribed({ 'subscribe.on-rollout-completed.slack': 'x' }), 'RolloutCompleted')).toEqual([])
  })
})

describe('what a Rollout has to be told about (OPS-154)', () => {
  const configuration = configured({
    'trigger.on-healthy': '[{when: "rollout.status.phase == \'Healthy\'", send: [a]}, {send: [never]}]',
    'trigger.on-new':
      '[{when: "rollout.status.phase == \'Healthy\'", oncePer: rollout.status.currentPodHash, send: [a]}]',
    'trigger.event-only': '[{send: [a]}]',
  })
  const plan = (rollout: Rollout) => planConditions(configuration, rollout, variables(rollout), now)
  const told = (rollout: Rollout): Rollout => ({
    ...rollout,
    metadata: {
      ...rollout.metadata,
      annotations: {
        ...rollout.metadata.annotations,
        [memoryAnnotation]: memoryText(plan(rollout).after) ?? '',
      },
    },
  })

  it('what is true and not remembered, once per recipient; a condition without `when` never', () => {
    const rollout = subscribed({ 'subscribe.on-healthy.slack': 'x;x', 'subscribe.on-healthy.webhook': '' })
    expect(
      plan(rollout).sends.map(({ destination, key }) => [destination.service, key.replace(/\.[\w-]+:/, ':')]),
    ).toEqual([
      ['slack', 'on-healthy:[0]:slack:x'],
      ['webhook', 'on-healthy:[0]:webhook:'],
    ])
  })

  it('OPS-43: nothing again, whichever engine asks', () => {
    const rollout = told(subscribed({ 'subscribe.on-healthy.slack': 'x' }))
    expect(plan(rollout)).toMatchObject({ sends: [] })
    expect(plan(rollout).after).toEqual(plan(rollout).before)
  })

  it('what is no longer true is forgotten, and told again when it is', () => {
    const before = told(subscribed({ 'subscribe.on-healthy.slack': 'x' }))
    const during = { ...before, status: { ...before.status, phase: 'Progressing' as const } }
    expect(plan(during).after).toEqual(new Map())
  })

  it('once per value: remembered although it is no longer true', () => {
    const before = told(subscribed({ 'subscribe.on-new.slack': 'x' }))
    const during = { ...before, status: { ...before.status, phase: 'Progressing' as const } }
    expect([...plan(during).after.keys()].join()).toMatch(/^abc:on-new:\[0\]\..*:slack:x$/)
    expect(plan({ ...before, status: { ...before.status, currentPodHash: 'def' } }).sends).toHaveLength(1)
  })

  it('nothing to look at when nobody subscribed to a condition', () => {
    const watched = (annotations: Readonly<Record<string, string>>) => isWatched(configuration, subscribed(annotations))
    expect(watched({ 'subscribe.event-only.slack': 'x', 'subscribe.unknown.slack': 'y' })).toBe(false)
    expect(watched({ 'subscribe.on-healthy.slack': 'x' })).toBe(true)
  })
})

describe('what is delivered', () => {
  const configuration = configured({
    'service.webhook.hook': 'url: https://hook.example/',
    'template.first': 'message: "{{.rollout.metadata.name}} {{.serviceType}} {{.recipient}} {{.secrets.secret}}"',
    'template.second': 'webhook: {hook: {method: post, path: /a, body: "{{.rollout.status.phase}}"}}',
    'template.broken': 'message: "{{index .rollout 1}}"',
    'template.foreign': 'message: "{{genCA 1}}"',
  })
  const delivered = (templates: readonly string[], service = 'hook') => {
    const rollout = subscribed({})
    const send = { trigger: 't', templates, destination: { service, recipient: 'r' } }
    return deliveryOf(configuration, send, variables(rollout), now)
  }

  it('OPS-157: the variables of templates', () => {
    expect(delivered(['first'])).toMatchObject({ value: { requests: [{ method: 'GET', body: 'shop hook r s3cret' }] } })
  })

  it('templates one after the other make one notification', () => {
    expect(delivered(['first', 'second'])).toMatchObject({
      value: { requests: [{ method: 'POST', url: 'https://hook.example/a', body: 'Healthy' }] },
    })
  })

  it.each([
    [['none'], 'hook', "template 'none' is not supported"],
    [['first'], 'pager', "notification service 'pager' is not supported"],
    [
      ['broken'],
      'hook',
      'template broken: message: error calling index: wrong type for value; expected string; got int',
    ],
    [['foreign'], 'hook', 'template foreign: message: function "genCA" is not supported'],
  ])('%s to %s: %s', (templates, service, error) => {
    expect(delivered(templates, service)).toEqual({ ok: false, error })
  })
})

describe('OPS-157: the analysis runs', () => {
  const rollout = {
    ...subscribed({}),
    metadata: { name: 'shop', annotations: { 'rollout.argoproj.io/revision': '2' } },
  }
  const run = (name: string, hash: string, revision: string, created: string) => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: {
      name,
      labels: { 'rollouts-pod-template-hash': hash },
      annotations: { 'rollout.argoproj.io/revision': revision },
      creationTimestamp: created,
    },
    spec: { metrics: [] },
  })
  const names = (...runs: ReturnType<typeof run>[]) => {
    const { analysisRuns } = variablesOf(rollout, runs, {})
    return Array.isArray(analysisRuns) ? analysisRuns.map((each) => each.get('metadata').get('name')) : analysisRuns
  }

  it('those of the current pods and revision, newest first', () => {
    const [old, young, other] = [
      run('old', 'abc', '2', '2026-11-28T12:00:00Z'),
      run('young', 'abc', '2', '2026-11-28T12:10:00Z'),
      run('other', 'abc', '1', '2026-11-28T12:20:00Z'),
    ]
    expect(names(old, young, other, run('foreign', 'def', '2', '2026-11-28T12:20:00Z'))).toEqual(['young', 'old'])
    expect(names(other)).toEqual([])
    expect(names()).toBeNull()
  })
})
