import type { Clock, EpochMs } from '#lib/clock.ts'
import type { Reason } from '#lib/reason.ts'
import type { Cluster } from '#main/cluster/cluster.ts'
import type { Engine } from '#main/controller/engine.ts'
import { createFleetSource } from '#main/fleet/fleet-source.ts'

/** A rollout as one patch of the board shows it. */
export interface Shown {
  readonly at: EpochMs
  readonly name: string
  readonly why: readonly Reason[]
}

/** A window's board of one cluster, patch by patch. */
export interface Board {
  /** Oldest first. */
  readonly shown: readonly Shown[]
  stop(): void
}

export function aBoard(clock: Clock, cluster: Cluster, engine: Engine): Board {
  const fleet = createFleetSource({ clock })
  const shown: Shown[] = []
  fleet.onPatch(({ upserted }) => {
    for (const { name, why } of Object.values(upserted)) shown.push({ at: clock.now(), name, why })
  })
  fleet.add(cluster, { engine })
  return { shown, stop: () => fleet.stop() }
}
