import { describe, expect, it } from 'vitest'
import { parseConfiguration } from '#engine/notifications/configuration.ts'
import { destinationsOf, withoutDuplicates } from '#engine/notifications/subscriptions.ts'
import { aRollout } from '#test/support/builders/rollout.ts'

function found(
  annotations: Readonly<Record<string, string>>,
  data: Readonly<Record<string, string>> = {},
  labels = {},
) {
  const configuration = parseConfiguration(data, {})
  if (!configuration.ok) throw new Error(configuration.error)
  const object = { ...aRollout(), metadata: { name: 'shop', annotations, labels } }
  return Object.fromEntries(
    [...destinationsOf(configuration.value, object)].map(([trigger, to]) => [
      trigger,
      to.map(({ service, recipient }) => `${service}:${recipient}`),
    ]),
  )
}

const at = (rest: string) => `notifications.argoproj.io/${rest}`

describe('OPS-149: who wants to hear of an object', () => {
  it.each([
    ['subscribe.on-done.slack', 'a; b;;c ', { 'on-done': ['slack:a', 'slack:b', 'slack:c'] }],
    ['subscribe.on-done.webhook', '', { 'on-done': ['webhook:'] }],
    ['subscribe.slack', 'a', { 'on-default': ['slack:a'] }],
    ['subscribe.email', 'a@b', { 'on-mail': ['email:a@b'] }],
    ['subscribe.on-done.slack.more', 'a', { 'on-done': ['slack:a'] }],
    ['subscribe.on-done.slack', ' ; ', {}],
    [
      'subscriptions',
      '[{trigger: [x, y], destinations: [{service: slack, recipients: [a]}]}, {destinations: [{service: slack, recipients: [b]}]}, {trigger: [z]}]',
      { x: ['slack:a'], y: ['slack:a'], 'on-default': ['slack:b'] },
    ],
    ['subscriptions', '{', {}],
    ['something-else', 'a', {}],
  ])('%s: %s', (name, value, expected) => {
    expect(
      found({ [at(name)]: value }, { defaultTriggers: '[on-default]', 'defaultTriggers.email': '[on-mail]' }),
    ).toEqual(expected)
  })

  it('global ones by label, with their own triggers or the default ones, before those of annotations', () => {
    const data = {
      subscriptions:
        '[{recipients: ["slack:ops", "webhook"], selector: "team=web"}, {recipients: ["slack:a"], triggers: [x]}]',
      defaultTriggers: '[on-default]',
    }
    expect(found({ [at('subscribe.x.slack')]: 'a' }, data, { team: 'web' })).toEqual({
      'on-default': ['slack:ops', 'webhook:'],
      x: ['slack:a', 'slack:a'],
    })
    expect(found({}, data, { team: 'db' })).toEqual({ x: ['slack:a'] })
  })

  it('duplicates can be left out', () => {
    const to = { service: 'slack', recipient: 'a' }
    expect(withoutDuplicates([to, { ...to }, { ...to, recipient: 'b' }])).toEqual([to, { ...to, recipient: 'b' }])
  })
})
