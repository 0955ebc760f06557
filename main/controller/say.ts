import type { KubeObject } from '#api/meta.ts'
import type { Rollout } from '#api/rollout.ts'
import type { Variables } from '#engine/notifications/condition.ts'
import type { Configuration } from '#engine/notifications/configuration.ts'
import { deliveryOf, type Send } from '#engine/notifications/plan.ts'
import { withoutSecrets } from '#engine/notifications/redact.ts'
import type { EpochMs } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import type { Cluster } from '#main/cluster/cluster.ts'
import type { NotificationsPort } from './notifications-port.ts'
import { readWorkload } from './read-workload.ts'

/** What is said about an object, with all that its templates may speak of. */
export interface Said {
  readonly object: KubeObject
  readonly configuration: Configuration
  readonly variables: Variables
  readonly now: EpochMs
}

export interface SayPorts {
  readonly log: Log
  readonly port: NotificationsPort
  readonly isDriving: () => boolean
}

/** Says it to one recipient, and tells the log how that went; true when it was taken. */
export async function say(send: Send, said: Said, ports: SayPorts): Promise<boolean> {
  const { configuration, object, variables, now } = said
  const delivery = deliveryOf(configuration, send, variables, now)
  const outcome = delivery.ok ? await ports.port.deliver(delivery.value, ports.isDriving) : delivery
  const { service, recipient } = send.destination
  const { namespace, name } = object.metadata
  const about = { namespace, name, trigger: send.trigger, service, recipient }
  if (outcome.ok) ports.log('info', 'notification sent', about)
  else ports.log('warn', 'notification not sent', { ...about, cause: withoutSecrets(outcome.error, configuration) })
  return outcome.ok
}

/** A Rollout with the template and the selector that it borrows (OPS-157). */
export async function withWorkload(object: KubeObject, cluster: Cluster): Promise<KubeObject> {
  const rollout = object as Rollout
  if (object.kind !== 'Rollout' || rollout.spec?.workloadRef === undefined) return object
  const { template, selector } = (await workloadOf(rollout, cluster))?.spec ?? {}
  const spec = { ...rollout.spec, ...(template && { template }), ...(selector && { selector }) }
  return { ...object, spec } as KubeObject
}

/** From the cache where that is kept. */
async function workloadOf(rollout: Rollout, cluster: Cluster): Promise<Partial<Pick<Rollout, 'spec'>> | undefined> {
  const { kind, name = '' } = rollout.spec.workloadRef ?? {}
  const key = `${rollout.metadata.namespace ?? ''}/${name}`
  const cached = kind === 'Deployment' ? cluster.cache('deployments').get(key) : undefined
  const read = cached === undefined ? await readWorkload(cluster.client, rollout) : undefined
  const workload: unknown = cached ?? (read?.ok === true ? read.value : undefined)
  return workload as Partial<Pick<Rollout, 'spec'>> | undefined
}
