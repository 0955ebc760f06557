import { describe, expect, it } from 'vitest'
import { parseConfiguration } from '#engine/notifications/configuration.ts'

const read = (data: Readonly<Record<string, string>>, secrets = {}) => parseConfiguration(data, secrets)
const faultOf = (data: Readonly<Record<string, string>>) => {
  const outcome = read(data, { token: 'hunter2-secret' })
  return outcome.ok ? `fine: ${outcome.value.notices.join('; ')}` : outcome.error
}

describe('the configuration', () => {
  it('OPS-147, OPS-148: what is in the ConfigMap, by name', () => {
    const outcome = read(
      {
        'service.slack': 'token: $slack-token',
        'service.webhook.build': 'url: https://build.example',
        'trigger.on-healthy':
          '[{when: "rollout.status.phase == \'Healthy\'", send: [done], oncePer: rollout.status.currentPodHash}]',
        'template.done': 'message: done',
        subscriptions: '[{recipients: ["slack:ops"], triggers: [on-healthy], selector: "team=web"}]',
        defaultTriggers: '[on-healthy]',
        'defaultTriggers.webhook': '[on-built]',
        'trigger.with.dots': '[]',
        anything: 'else',
      },
      { 'slack-token': 'x' },
    )
    expect(outcome).toMatchObject({
      ok: true,
      value: {
        triggers: new Map([
          [
            'on-healthy',
            [
              {
                when: "rollout.status.phase == 'Healthy'",
                send: ['done'],
                isTrue: expect.any(Function),
                oncePer: expect.any(Function),
              },
            ],
          ],
          ['with.dots', []],
        ]),
        subscriptions: [
          { recipients: ['slack:ops'], triggers: ['on-healthy'], selector: { matchLabels: { team: 'web' } } },
        ],
        defaultTriggers: ['on-healthy'],
        serviceDefaultTriggers: new Map([['webhook', ['on-built']]]),
        notices: [],
      },
    })
    expect(outcome.ok && [...outcome.value.services.keys(), ...outcome.value.templates.keys()]).toEqual([
      'slack',
      'build',
      'done',
    ])
  })

  it('OPS-145: nothing there is an empty configuration', () => {
    expect(read({})).toMatchObject({ ok: true, value: { subscriptions: [], defaultTriggers: [] } })
  })

  it.each([
    ['service.a.b.c', 'url: x', "invalid service key; expected 'service.<type>(.<name>)' but got 'service.a.b.c'"],
    ['service.carrier-pigeon', '{}', "service type 'carrier-pigeon' is not supported"],
    ['service.webhook', 'url: [1]', 'service.webhook.url: expected a text'],
    ['service.webhook', 'url: "hunter2', 'service.webhook: not YAML: MISSING_CHAR'],
    ['service.webhook', 'retryWaitMin: soon', 'webhook.retryWaitMin: invalid duration "soon"'],
    ['trigger.x', '{}', 'trigger.x: expected a list'],
    ['trigger.x', '[{when: "1 +"}]', 'trigger.x: when: unexpected token EOF (1:3)'],
    ['template.x', 'message: "{{if}}"', 'template x: message: missing value for if'],
    ['template.x', 'slack: {attachments: "{{"}', 'template x: slack.attachments: unclosed action'],
    ['subscriptions', '[{selector: "a b"}]', 'subscriptions: unable to parse requirement: a b'],
    ['defaultTriggers', '[1]', 'defaultTriggers: expected a list of texts'],
  ])('OPS-145, OPS-170: %s: %s disables all of it', (key, value, fault) => {
    expect(faultOf({ [key]: value, 'template.fine': 'message: fine' })).toContain(fault.replace(/ \(1:3\)$/, ''))
  })

  it('OPS-158: a template that only Argosy cannot read is told, and costs nothing else', () => {
    expect(faultOf({ 'template.key': 'message: "{{genCA 1}}"', 'template.fine': 'message: fine' })).toBe(
      'fine: template key: message: function "genCA" is not supported',
    )
  })

  it('OPS-170: a type of the reference that is not delivered is told', () => {
    expect(faultOf({ 'service.telegram': 'token: $token' })).toBe(
      'fine: service.telegram: service type telegram is not delivered by Argosy yet',
    )
  })

  it('OPS-147: a key that the Secret does not have stays, and is told without its text', () => {
    expect(faultOf({ 'service.slack': 'token: $nope' })).toBe(
      'fine: service.slack: the Secret has no such key as one that is named there',
    )
  })
})
