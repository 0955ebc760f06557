import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import type { FleetPlan } from '#engine/fleet-plan/document.ts'
import { readAround } from '#main/controller/read-around.ts'
import { ConfigLooks } from '#main/fleet-plan/config-looks.ts'
import { type ConfigWarning, warnOfRollback } from '#main/fleet-plan/config-warnings.ts'
import type { MemberLook } from '#main/fleet-plan/look-at-members.ts'
import type { CliIo } from './io.ts'
import type { Target } from './targets.ts'

/** What the members of a plan would find when they go back, of those in the named contexts; one that cannot be read says nothing. */
export function configsAround(
  plan: FleetPlan,
  targets: readonly Target[],
  io: Pick<CliIo, 'clock'>,
): Promise<readonly ConfigWarning[]> {
  const clientOf = (context: string) => targets.find((target) => target.context === context)?.client
  const look = async ({
    context,
    namespace,
    rollout: name,
  }: FleetPlan['spec']['members'][number]): Promise<MemberLook> => {
    const client = clientOf(context)
    const read = await client?.get(resources.rollouts, { namespace, name })
    const around = client && read?.ok === true ? await readAround(client, read.value as Rollout) : undefined
    return around?.ok === true
      ? { kind: 'found', world: around.value, isDriven: true, isInCluster: true }
      : { kind: 'missing', message: '' }
  }
  return warnOfRollback(plan, look, { clientOf, configs: new ConfigLooks(io.clock) })
}
