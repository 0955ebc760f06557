import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import { closedBy } from '#engine/actions/guard-rails.ts'
import type { Clock } from '#lib/clock.ts'
import { silentLog } from '#lib/log.ts'
import { openCluster } from '#main/cluster/open-cluster.ts'
import { type Drives, drivesInCluster } from '#main/controller/drives-in-cluster.ts'
import { failureText } from '#main/controller/failure-text.ts'
import { readAround } from '#main/controller/read-around.ts'
import type { MemberLook } from '#main/fleet-plan/look-at-members.ts'
import type { PlanCluster } from '#main/fleet-plan/observe-members.ts'
import type { WrittenMember } from '#main/fleet-plan/plan-file.ts'
import { openMetrics } from '#main/metrics/open-metrics.ts'
import type { MetricSettings } from '#main/metrics/provider.ts'
import type { Target } from './targets.ts'

/** Who drives a cluster is looked at this often. */
const driverEveryMs = 15_000

interface Watched {
  /** Not before it is known who drives it. */
  readonly cluster: () => PlanCluster | undefined
  readonly stop: () => Promise<void>
}

/** The clusters of a plan for the command line: watched from the first time that one is asked for. */
export class PlanClusters {
  readonly #targets: ReadonlyMap<string, Target>
  readonly #clock: Clock
  readonly #open = new Map<string, Watched>()

  readonly #settingsOf: (context: string) => MetricSettings

  /** @param settingsOf what is set for the metrics of a cluster */
  constructor(targets: readonly Target[], clock: Clock, settingsOf: (context: string) => MetricSettings) {
    this.#settingsOf = settingsOf
    this.#targets = new Map(targets.map((target) => [target.context, target]))
    this.#clock = clock
  }

  readonly clientOf = (context: string) => this.#targets.get(context)?.client

  readonly isProtected = (context: string): boolean => this.#targets.get(context)?.rails.isProtected ?? false

  readonly contexts = (): readonly string[] => [...this.#targets.keys()]

  readonly clusterOf = (context: string): PlanCluster | undefined => {
    const target = this.#targets.get(context)
    if (target === undefined) return undefined
    const known = this.#open.get(context) ?? this.#watch(target)
    this.#open.set(context, known)
    return known.cluster()
  }

  /** By a few requests, without watching anything. */
  readonly look = async ({ context, namespace, rollout: name }: WrittenMember): Promise<MemberLook> => {
    const client = this.clientOf(context)
    if (client === undefined)
      return { kind: 'missing', message: `There is no context ${context} in the kubeconfig. Add it, or mend the name.` }
    const read = await client.get(resources.rollouts, { namespace, name })
    const around = read.ok ? await readAround(client, read.value as Rollout) : read
    if (!around.ok) return { kind: 'missing', message: `${context}: ${failureText(around.error)}` }
    return { kind: 'found', world: around.value, ...(await this.#drives(context)) }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map(({ stop }) => stop()))
    await Promise.all([...this.#targets.values()].map(({ client }) => client.close()))
  }

  #watch({ context, client, rails, open: openClient }: Target): Watched {
    const settings = this.#settingsOf(context)
    const metrics = openMetrics({ client, clock: this.#clock, settings, openClient })
    const cluster = openCluster({ context, client, clock: this.#clock, random: Math.random, log: silentLog })
    let drives: Drives | undefined
    let cancel = () => {}
    const lookAgain = async (): Promise<void> => {
      drives = await this.#drives(context)
      cancel = this.#clock.after(driverEveryMs, () => void lookAgain())
    }
    cluster.start()
    void lookAgain()
    return {
      cluster: () =>
        drives === undefined
          ? undefined
          : {
              cluster,
              isDriven: () => drives?.isDriven === true,
              isInCluster: () => drives?.isInCluster === true,
              frozen: () => closedBy(rails, this.#clock.now()),
              metricsAt: metrics.at,
            },
      stop: async () => {
        cancel()
        await cluster.stop()
        await metrics.close()
      },
    }
  }

  async #drives(context: string): Promise<Drives> {
    const client = this.clientOf(context)
    if (client === undefined) return { isDriven: false, isInCluster: false }
    return drivesInCluster(client, this.#clock.now() + (client.clockOffsetMs ?? 0))
  }
}
