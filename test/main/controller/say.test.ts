import { describe, expect, it } from 'vitest'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import { parseConfiguration } from '#engine/notifications/configuration.ts'
import { variablesOf } from '#engine/notifications/variables.ts'
import { failure, success } from '#lib/outcome.ts'
import { say, withWorkload } from '#main/controller/say.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { FakeCluster } from '#test/support/fake-cluster.ts'

describe('what is said', () => {
  const secrets = { token: 't0ps3cret' }
  const read = parseConfiguration(
    { 'service.slack': 'token: $token', 'template.hello': 'message: hello {{.rollout.metadata.name}}' },
    secrets,
  )
  if (!read.ok) throw new Error(read.error)
  const configuration = read.value
  const object = aRollout()
  const said = { object, configuration, variables: variablesOf(object, [], secrets), now: 0 }
  const send = { trigger: 'on-x', templates: ['hello'], destination: { service: 'slack', recipient: 'ops' } }
  const saying = async (outcome: ReturnType<typeof success<void>> | ReturnType<typeof failure<string>>) => {
    const lines: string[] = []
    const isSaid = await say(send, said, {
      port: { deliver: async () => outcome },
      isDriving: () => true,
      log: (level, message, fields) => void lines.push(JSON.stringify([level, message, fields])),
    })
    return { isSaid, lines: lines.join() }
  }

  it('is told in the log, to whom and why', async () => {
    const { isSaid, lines } = await saying(success(undefined))
    expect([isSaid, JSON.parse(lines)]).toEqual([
      true,
      [
        'info',
        'notification sent',
        { namespace: 'shop', name: 'web', trigger: 'on-x', service: 'slack', recipient: 'ops' },
      ],
    ])
  })

  it('OPS-173: so is that it was not, without a value of the Secret', async () => {
    const { isSaid, lines } = await saying(failure('slack: no such token t0ps3cret'))
    expect(isSaid).toBe(false)
    expect(lines).toContain('slack: no such token [redacted]')
  })
})

describe('OPS-157: a Rollout that borrows its template', () => {
  const borrowing = (kind: string): Rollout => {
    const { template: _template, selector: _selector, ...spec } = aRollout().spec
    return { ...aRollout(), spec: { ...spec, workloadRef: { apiVersion: 'apps/v1', kind, name: 'lender' } } } as Rollout
  }
  const lent = {
    template: { metadata: {}, spec: { containers: [{ name: 'a', image: 'x:1' }] } },
    selector: { matchLabels: { app: 'a' } },
  }
  const lender = (kind: string) =>
    ({ apiVersion: 'apps/v1', kind, metadata: { namespace: 'shop', name: 'lender' }, spec: lent }) as KubeObject

  it.each([
    ['Deployment', resources.deployments],
    ['ReplicaSet', resources.replicaSets],
  ])('has it from the %s', async (kind, resource) => {
    const api = new FakeApi()
    api.put(resource, lender(kind))
    expect(await withWorkload(borrowing(kind), new FakeCluster(api))).toMatchObject({ spec: lent })
  })

  it('is as it is when there is none', async () => {
    const rollout = borrowing('Deployment')
    expect(await withWorkload(rollout, new FakeCluster(new FakeApi()))).toEqual(rollout)
    expect(await withWorkload(aRollout(), new FakeCluster(new FakeApi()))).toEqual(aRollout())
  })
})
