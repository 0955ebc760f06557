import { hostname, userInfo } from 'node:os'
import { expect, it } from 'vitest'
import { failure, success } from '#lib/outcome.ts'
import { createOwnershipJournal } from '#main/cli/ownership-journal.ts'
import type { Target } from '#main/cli/targets.ts'
import { noRails } from '#main/guard-settings.ts'
import { aFolder } from '#test/support/cli-fleet.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

function setUp(isAround: boolean, dataFolder = aFolder()) {
  const client = new FakeApi().client('in-cluster')
  const whoAmI = { name: async () => 'system:serviceaccount:argo:engine', forget: () => undefined }
  const about = { context: 'in-cluster', namespace: 'default', client, whoAmI, rails: noRails, isAround }
  const target: Target = { ...about, open: () => client }
  const err: string[] = []
  const io = { clock: new VirtualClock(), err: (line: string) => void err.push(line), dataFolder }
  return { err, journal: createOwnershipJournal([target], { kubeconfig: ['/absent'] }, io) }
}

const lost = {
  context: 'in-cluster',
  action: 'leaseLost',
  reason: 'argosy-oslo_1 has it',
  outcome: success(undefined),
} as const
const refused = failure({ kind: 'Conflict', message: 'modified' } as const)

it('ACT-15: in a pod each entry is a JSON line, in order', async () => {
  const { err, journal } = setUp(true)
  journal.add({ ...lost, action: 'leaseTaken', reason: '' })
  journal.add(lost)
  journal.add({ ...lost, action: 'handBack', reason: 'the engine was stopped', outcome: refused })
  await journal.close()
  const who = { actor: userInfo().username, host: hostname(), user: 'system:serviceaccount:argo:engine', via: 'cli' }
  const time = new Date(T0).toISOString()
  expect(err.map((line) => JSON.parse(line))).toEqual([
    { time, ownership: { context: 'in-cluster', action: 'leaseTaken', reason: '', ...who, result: { sent: true } } },
    { time, ownership: { ...lost, outcome: undefined, ...who, result: { sent: true } } },
    {
      time,
      ownership: {
        ...{ context: 'in-cluster', action: 'handBack', reason: 'the engine was stopped', ...who },
        result: { sent: false, failure: { kind: 'Conflict', message: 'modified' } },
      },
    },
  ])
})

it('ACT-15: a file that cannot be written is told once, and nothing stops for it', async () => {
  const { err, journal } = setUp(false, '/dev/null')
  journal.add(lost)
  journal.add(lost)
  await journal.close()
  expect(err).toEqual([expect.stringMatching(/^argosy: not kept in the history: \/dev\/null\/history\.db: /)])
})
