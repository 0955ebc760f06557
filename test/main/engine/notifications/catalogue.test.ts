import { describe, expect, it } from 'vitest'
import type { Rollout } from '#api/rollout.ts'
import { parseConfiguration } from '#engine/notifications/configuration.ts'
import { deliveryOf, sendsOfEvent } from '#engine/notifications/plan.ts'
import { variablesOf } from '#engine/notifications/variables.ts'
import { aRollout } from '#test/support/builders/rollout.ts'

const now = Date.parse('2026-11-28T12:30:00Z')

/** A Slack attachment as catalogues write it: a field per container, commas in between. */
const attachment = (color: string, more = '') => `
      [{
        "title": "{{ .rollout.metadata.name}}",
        "color": "${color}",
        "fields": [
          {
            "title": "Strategy",
            "value": "{{if .rollout.spec.strategy.blueGreen}}BlueGreen{{end}}{{if .rollout.spec.strategy.canary}}Canary{{end}}",
            "short": true
          }
          ${more}
          {{range $index, $c := .rollout.spec.template.spec.containers}}
            {{if not $index}},{{end}}
            {{if $index}},{{end}}
            { "title": "{{$c.name}}", "value": "{{$c.image}}", "short": true }
          {{end}}
        ]
      }]`

const template = (message: string, color = '#18be52', more = '') =>
  `message: ${message}\nemail:\n  subject: ${message}\nslack:\n  attachments: |${attachment(color, more)}`

const step =
  ',{ "title": "Step completed", "value": "{{add .rollout.status.currentStepIndex 1}}/{{len .rollout.spec.strategy.canary.steps}}", "short": true }'
const sizes =
  ',{ "title": "Desired replica", "value": "{{.rollout.spec.replicas}}" }, { "title": "Updated replicas", "value": "{{.rollout.status.updatedReplicas}}" }'

const name = '{{.rollout.metadata.name}}'
const stepOf = '{{add .rollout.status.currentStepIndex 1}}/{{len .rollout.spec.strategy.canary.steps}}'

/** Trigger, reason, template, and what it comes to for the Rollout below (OPS-160…168). */
const catalogue = [
  [
    'on-rollout-updated',
    'RolloutUpdated',
    template(`Rollout ${name} has been updated.`),
    'Rollout web has been updated.',
  ],
  [
    'on-rollout-step-completed',
    'RolloutStepCompleted',
    template(`Rollout ${name} step number ${stepOf} has been completed.`, '#18be52', step),
    'Rollout web step number 1/2 has been completed.',
  ],
  [
    'on-rollout-completed',
    'RolloutCompleted',
    template(`Rollout ${name} has been completed.`),
    'Rollout web has been completed.',
  ],
  ['on-rollout-paused', 'RolloutPaused', template(`Rollout ${name} has been paused.`), 'Rollout web has been paused.'],
  [
    'on-rollout-aborted',
    'RolloutAborted',
    template(`Rollout ${name} has been aborted.`, '#E01E5A'),
    'Rollout web has been aborted.',
  ],
  [
    'on-scaling-replica-set',
    'ScalingReplicaSet',
    template(`Scaling Rollout ${name}'s replicaset to {{.rollout.spec.replicas}}.`, '#18be52', sizes),
    "Scaling Rollout web's replicaset to 4.",
  ],
  [
    'on-analysis-run-running',
    'AnalysisRunRunning',
    template(`Rollout ${name}'s analysis run is running.`),
    "Rollout web's analysis run is running.",
  ],
  [
    'on-analysis-run-failed',
    'AnalysisRunFailed',
    template(`Rollout ${name}'s analysis run failed.`, '#E01E5A'),
    "Rollout web's analysis run failed.",
  ],
  [
    'on-analysis-run-error',
    'AnalysisRunError',
    template(`Rollout ${name}'s analysis run is in error state.`, '#ECB22E'),
    "Rollout web's analysis run is in error state.",
  ],
] as const

const rollout: Rollout = {
  ...aRollout(),
  metadata: { name: 'web', namespace: 'shop' },
  spec: {
    replicas: 4,
    selector: { matchLabels: { app: 'web' } },
    strategy: { canary: { steps: [{ setWeight: 50 }, { pause: {} }] } },
    template: {
      metadata: {},
      spec: {
        containers: [
          { name: 'a', image: 'x:1' },
          { name: 'b', image: 'y:2' },
        ],
      },
    },
  },
  status: { currentStepIndex: 0, updatedReplicas: 2 },
}

describe('the catalogue that clusters have', () => {
  const configuration = parseConfiguration(
    {
      'service.slack': 'token: t',
      'service.email': 'host: smtp.example\nport: 25\nfrom: a@b',
      ...Object.fromEntries(catalogue.map(([trigger]) => [`trigger.${trigger}`, `- send: [${trigger}]`])),
      ...Object.fromEntries(catalogue.map(([trigger, , text]) => [`template.${trigger}`, text])),
      subscriptions: `- recipients: ["slack:ops", "email:a@b"]\n  triggers: [${catalogue.map(([trigger]) => trigger).join()}]`,
    },
    {},
  )

  it.each(catalogue.map(([trigger, reason, , message], at) => [`OPS-${160 + at}`, reason, trigger, message] as const))(
    '%s: %s fires %s: %s',
    (_rule, reason, trigger, message) => {
      if (!configuration.ok) throw new Error(configuration.error)
      const { value } = configuration
      const variables = variablesOf(rollout, [], {})
      const sends = sendsOfEvent(value, { regarding: rollout, reason }, variables, now)
      expect(sends.map((each) => each.trigger)).toEqual([trigger, trigger])
      const [slack, email] = sends.map((each) => deliveryOf(value, each, variables, now))
      expect(email).toMatchObject({ ok: true, value: { subject: message, body: message } })
      expect(slack).toMatchObject({
        ok: true,
        value: {
          channel: 'ops',
          message: {
            text: message,
            attachments: [
              {
                title: 'web',
                fields: expect.arrayContaining([
                  { title: 'Strategy', value: 'Canary', short: true },
                  { title: 'a', value: 'x:1', short: true },
                  { title: 'b', value: 'y:2', short: true },
                ]),
              },
            ],
          },
        },
      })
    },
  )
})
