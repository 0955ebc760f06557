import { leaseName } from '#api/keys.ts'
import type { Reason } from '#lib/reason.ts'
import type { LeaseState } from './lease.ts'
import type { ReferenceController } from './ownership.ts'

interface Driving {
  readonly wanted: 'nothing' | 'observe' | 'drive'
  readonly lease: LeaseState
  readonly rival: ReferenceController | undefined
}

/** What about the driving of a cluster keeps its rollouts from moving, or who moves them instead of us; `undefined` when we do. */
export function drivingReason({ wanted, lease, rival }: Driving): Reason | undefined {
  if (wanted === 'drive' && rival !== undefined) {
    const { name, namespace } = rival
    return { cause: 'rival', object: { kind: 'Deployment', name }, since: undefined, values: { name, namespace } }
  }
  if (rival !== undefined && lease.state !== 'other') {
    const { name, namespace } = rival
    const object = { kind: 'Deployment', name }
    return { cause: 'drivenElsewhere', object, since: undefined, values: { holder: `${namespace}/${name}` } }
  }
  switch (lease.state) {
    case 'free':
      return wanted === 'observe'
        ? { cause: 'nobodyDrives', object: undefined, since: undefined, values: {} }
        : undefined
    case 'failed': {
      if (wanted !== 'drive') return undefined
      const message = lease.failure.message
      return { cause: 'leaseUnreadable', object: leaseObject, since: lease.since, values: { message } }
    }
    case 'other': {
      const { holder } = lease
      return { cause: 'drivenElsewhere', object: leaseObject, since: undefined, values: { holder } }
    }
    case 'held':
    case 'unknown':
      return undefined
  }
}

const leaseObject = { kind: 'Lease', name: leaseName }
