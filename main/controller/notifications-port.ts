import type { Delivery } from '#engine/notifications/delivery.ts'
import type { Outcome } from '#lib/outcome.ts'

/** How notifications leave this machine. */
export interface NotificationsPort {
  /**
   * Bounded in time, whatever it meets. The failure holds neither address nor credential. Never rejects.
   * @param isWanted asked before it is tried once more
   */
  readonly deliver: (delivery: Delivery, isWanted: () => boolean) => Promise<Outcome<void, string>>
}
