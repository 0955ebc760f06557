import { type Asked, command, type PlanCommand } from '#engine/fleet-plan/commands.ts'
import type { FleetPlan } from '#engine/fleet-plan/document.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { failureText } from '#main/controller/failure-text.ts'
import { PlanStore } from './plan-store.ts'

const attemptsMax = 5

/** Writes down what a person asks of a plan; whoever decides sees it. Failure: why it is not open, in a sentence. */
export async function commandPlan(
  home: { readonly client: ClusterClient; readonly namespace: string },
  id: string,
  wish: PlanCommand,
  asked: Asked,
): Promise<Outcome<FleetPlan, string>> {
  const store = new PlanStore(home.client, home.namespace)
  for (let attempt = 1; ; attempt++) {
    const stored = await store.read(id)
    if (!stored.ok) return failure(failureText(stored.error))
    const next = command(stored.value.plan, wish, asked)
    if (!next.ok) return next
    const written = await store.write(next.value, stored.value.version)
    if (written.ok) return success(next.value)
    if (written.error.kind !== 'Conflict' || attempt === attemptsMax) return failure(failureText(written.error))
  }
}
