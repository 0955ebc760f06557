import type { Failure } from '#lib/failure.ts'
import type { Outcome } from '#lib/outcome.ts'
import type { Lease } from '#main/controller/lease.ts'
import { LeaseDesk } from '#main/controller/lease-desk.ts'
import type { PlanRunnerOptions } from './plan-runner.ts'

interface Options extends Pick<PlanRunnerOptions, 'home' | 'identity' | 'clock'> {
  readonly lease: Lease
  /** The name of the Lease. */
  readonly lock: string
  /** Gives the Lease to that identity, and watches from then on. */
  readonly handOver: (to: string | undefined) => Promise<Outcome<void, Failure>>
}

/** Asking whoever decides what a plan does for its Lease, and answering who asks, as for the lease of a cluster (SR-6). */
export function planDesk({ lease, lock, identity, home: { client, namespace }, clock, handOver }: Options): LeaseDesk {
  const engine = {
    identity,
    get request() {
      return lease.request
    },
    get lease() {
      return lease.state
    },
    onChange: (listener: () => void) => lease.onChange(listener),
    stop: ({ to }: { readonly to?: string | undefined }) => handOver(to),
  }
  const [account = identity] = identity.split('@')
  return new LeaseDesk({ engine, client, namespace, clock, planLock: lock, account })
}
