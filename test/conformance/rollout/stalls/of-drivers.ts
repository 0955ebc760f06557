import { leaseName } from '#api/keys.ts'
import { type Resource, resourcePath, resources } from '#api/resources.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import type { AccessRule } from '#main/sandbox/api/access.ts'
import { anAccount, engineRules } from './account.ts'
import { refusing } from './admission.ts'
import type { StrategyName } from './details.ts'
import { restart } from './of-pods.ts'
import { hold, type Stage } from './stage.ts'
import type { Stall } from './stall.ts'

const always = () => true

const budgeted = (title: string, strategy: StrategyName): Stall => ({
  title,
  cause: 'disruptionBudget',
  object: () => ({ kind: 'PodDisruptionBudget', name: 'keep' }),
  // It says that it restarts, and that is so.
  beside: ['restarting'],
  begin: async (stage) => {
    await stage.running(strategy)
    await stage.world.send('POST', budgets(stage), {
      body: {
        metadata: { name: 'keep' },
        spec: { minAvailable: stage.replicas, selector: { matchLabels: { app: stage.name } } },
      },
    })
    await stage.world.pass(3_000)
    await restart(stage)
  },
  fact: always,
  mend: async (stage) => void (await stage.world.send('DELETE', `${budgets(stage)}/keep`)),
})

const budgets = ({ world }: Stage) => `/apis/policy/v1/namespaces/${world.namespace}/poddisruptionbudgets`

/** Rules of the engine but for these verbs of a resource. */
const without = (resource: string, ...verbs: readonly string[]): readonly AccessRule[] =>
  engineRules.map((rule) =>
    rule.resources.includes(resource)
      ? { ...rule, verbs: rule.verbs.filter((each) => verbs.length > 0 && !verbs.includes(each)) }
      : rule,
  )

const withoutRight = (
  stall: Pick<Stall, 'title' | 'cause' | 'object' | 'fact'> & Partial<Stall>,
  rules: readonly AccessRule[],
): Stall => {
  let grant: (rules: readonly AccessRule[]) => Promise<void> = () => Promise.resolve()
  return {
    ...stall,
    begin: async (stage) => {
      const account = await anAccount(stage.world, rules)
      grant = account.grant
      stage.start(account.signIn)
      await stage.deploy('canary')
    },
    mend: () => grant(engineRules),
  }
}

const stallsOfRights: readonly Stall[] = [
  withoutRight(
    {
      title: 'no right to change ReplicaSets',
      cause: 'missingRight',
      object: ({ current }) => ({ kind: 'ReplicaSet', name: current }),
      says: /^Argosy may not (update|patch) replicasets/,
      fact: async (stage) => (await stage.replicaSets()).length === 1,
    },
    without('replicasets', 'update', 'patch'),
  ),
  withoutRight(
    {
      title: 'no right to write the status of Rollouts',
      cause: 'missingRight',
      object: ({ rollout }) => ({ kind: 'Rollout', name: rollout }),
      says: /rollouts.*\/status/,
      fact: always,
    },
    without('rollouts/status'),
  ),
  withoutRight(
    {
      title: 'a lease that may not be read',
      cause: 'leaseUnreadable',
      object: () => ({ kind: 'Lease', name: leaseName }),
      fact: always,
    },
    without('leases'),
  ),
]

/** Somebody annotates each ReplicaSet just before it is written to. */
const disturbing =
  (stage: Stage, disturbed: () => void) =>
  (client: ClusterClient): ClusterClient => {
    const disturb = async (resource: Resource, name: string) => {
      if (resource.plural !== resources.replicaSets.plural) return
      disturbed()
      await writeAs(stage, 'tagger', name, { metadata: { annotations: { touched: String(stage.world.now()) } } })
    }
    return {
      ...delegated(client),
      update: async (resource, object, options) => {
        await disturb(resource, object.metadata.name)
        return client.update(resource, object, options)
      },
      patch: async (resource, at, patch, options) => {
        await disturb(resource, at.name)
        return client.patch(resource, at, patch, options)
      },
    }
  }

const delegated = (client: ClusterClient): ClusterClient => ({
  context: client.context,
  server: client.server,
  requests: client.requests,
  get: (...asked) => client.get(...asked),
  list: (...asked) => client.list(...asked),
  raw: (...asked) => client.raw(...asked),
  create: (...asked) => client.create(...asked),
  update: (...asked) => client.update(...asked),
  patch: (...asked) => client.patch(...asked),
  delete: (...asked) => client.delete(...asked),
  evict: (...asked) => client.evict(...asked),
  watch: (...asked) => client.watch(...asked),
  close: () => client.close(),
})

async function writeAs(stage: Stage, manager: string, replicaSet: string, body: object): Promise<void> {
  const path = resourcePath(resources.replicaSets, { namespace: stage.world.namespace, name: replicaSet })
  const headers = { 'Content-Type': 'application/merge-patch+json' }
  await stage.world.send('PATCH', `${path}?fieldManager=${manager}`, { body, headers })
}

function refusedAtAdmission(): Stall {
  let lift = () => Promise.resolve()
  return {
    title: 'an admission check that refuses ReplicaSets',
    cause: 'writeRefused',
    object: ({ rollout }) => ({ kind: 'ReplicaSet', name: `${rollout}-` }),
    says: /(Admission webhook|ValidatingAdmissionPolicy) .* denied (the )?request: no owner/,
    begin: async (stage) => {
      await stage.running('canary')
      lift = await refusing(stage)
      await stage.release(stage.tags[1])
    },
    fact: always,
    mend: () => lift(),
  }
}

function resizedByAnother(): Stall {
  let times = 0
  return {
    title: 'an autoscaler that works on a ReplicaSet',
    cause: 'anotherWriter',
    object: ({ current }) => ({ kind: 'ReplicaSet', name: current }),
    says: /^autoscaler keeps changing/,
    begin: async (stage) => {
      await stage.running('blueGreen')
      await stage.release(stage.tags[1])
    },
    meanwhile: async (stage, isMended) => {
      const { current, stable } = await stage.revisions()
      if (isMended || current === stable) return
      const rs = (await stage.replicaSets()).find(({ metadata }) => metadata.name === current)
      if ((rs?.spec.replicas ?? 0) === 0) return
      await writeAs(stage, 'autoscaler', current, { spec: { replicas: 0 } })
      times += 1
    },
    fact: () => times >= 3,
    // A fight counts as over when nothing had to be repeated for a minute.
    mend: ({ world }) => world.pass(45_000),
  }
}

function alwaysTooLate(): Stall {
  let times = 0
  return {
    title: 'somebody whose writes always come first',
    cause: 'anotherWriter',
    object: ({ current }) => ({ kind: 'ReplicaSet', name: current }),
    says: /^tagger keeps changing/,
    begin: async (stage) => {
      stage.start({ through: disturbing(stage, () => void times++) })
      await stage.deploy('canary')
    },
    fact: () => times >= 3,
    mend: async (stage) => {
      for (const engine of stage.engines) await engine.kill()
      stage.start()
    },
  }
}

const stallsOfDrivers: readonly Stall[] = [
  {
    title: 'a lease that somebody else took, and does nothing with',
    cause: 'drivenElsewhere',
    object: () => ({ kind: 'Lease', name: leaseName }),
    // The change that nobody has picked up is as right an answer as who should have.
    beside: ['notObserved'],
    says: /^controller-7f9 drives/,
    begin: async (stage) => {
      await stage.running('canary')
      await hold(stage, 'controller-7f9')
      await stage.world.eventually('the lease lost', () => stage.engines.every(({ drives }) => !drives))
      await stage.release(stage.tags[1])
    },
    fact: always,
    mend: (stage) => hold(stage, ''),
  },
  {
    title: 'nobody who drives',
    cause: 'nobodyDrives',
    object: () => undefined,
    begin: async (stage) => {
      stage.start({ observes: true })
      await stage.deploy('blueGreen')
    },
    fact: always,
    mend: async (stage) => {
      stage.world.startEngine({ identity: 'argosy-other_1' })
      await stage.until('Healthy', ({ status }) => status?.phase === 'Healthy')
    },
  },
  {
    title: 'a controller in the cluster that elects no leader',
    sandboxOnly: true,
    cause: 'rival',
    object: () => ({ kind: 'Deployment', name: 'argo-rollouts' }),
    begin: async (stage) => {
      const labels = { 'app.kubernetes.io/name': 'argo-rollouts' }
      const args = ['--leader-elect=false']
      const containers = [{ name: 'argo-rollouts', image: 'quay.io/argoproj/argo-rollouts:v1.9.0', args }]
      await stage.world.send('POST', rivals, {
        body: {
          metadata: { name: 'argo-rollouts', labels },
          spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
        },
      })
      await stage.world.pass(10_000)
      stage.start()
      await stage.deploy('canary')
      // Of a board that was opened just now the first lists come first.
      await stage.world.eventually('the board shows it', async () => stage.shown.length > 0)
    },
    fact: always,
    mend: async (stage) => void (await stage.world.send('DELETE', `${rivals}/argo-rollouts`)),
  },
]

const rivals = '/apis/apps/v1/namespaces/argo-rollouts/deployments'

export const stallsOfDriving: readonly Stall[] = [
  budgeted('a restart that a disruption budget holds up', 'canary'),
  budgeted('a restart of active pods that a disruption budget holds up', 'blueGreen'),
  ...stallsOfRights,
  refusedAtAdmission(),
  resizedByAnother(),
  alwaysTooLate(),
  ...stallsOfDrivers,
]
