import type { Outcome } from '#lib/outcome.ts'
import type { Delivery } from '../delivery.ts'
import type { Notification } from '../notification.ts'
import type { Shape } from '../yaml-shape.ts'

export interface Destination {
  /** The name of the service, which is its type unless the configuration names it. */
  readonly service: string
  readonly recipient: string
}

/** How a service with its options delivers; the failure says what is wrong with the notification, never a secret. */
export type Service = (notification: Notification, destination: Destination) => Outcome<Delivery, string>

/** Reads the options of a service. @throws ShapeError */
export type ServiceReader = (options: Shape) => Service

/** For one exchange, unless the options say otherwise. */
export const timeoutMs = 30_000

/** Tried once more after what another try may mend. */
export const usualRetry = { max: 3, waitMinMs: 1_000, waitMaxMs: 5_000 }
