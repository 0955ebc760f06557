import type { Delivery } from '#engine/notifications/delivery.ts'
import { assertNever } from '#lib/assert.ts'
import type { Clock } from '#lib/clock.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import type { NotificationsPort } from '#main/controller/notifications-port.ts'
import { createDirectHttp } from '#main/metrics/http/direct.ts'
import { httpThroughCluster } from '#main/metrics/http/through-cluster.ts'
import { sendEmail } from './send-email.ts'
import { sendHttp } from './send-http.ts'
import { SlackSender } from './send-slack.ts'

/** Shows something to who sits at this machine. */
export type ShowOnDesktop = (title: string, body: string) => void

export interface NotificationsOptions {
  readonly client: ClusterClient
  readonly clock: Clock
  /** Names proxies. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absent: there is no desktop. */
  readonly desktop?: ShowOnDesktop | undefined
}

/**
 * Delivers the notifications of one cluster over real connections; addresses of its own Services by way of its API server.
 * Whoever opened it closes it.
 */
export function openNotifications({ client, clock, env, desktop }: NotificationsOptions) {
  const direct = createDirectHttp({ clock, env })
  const http = httpThroughCluster({ client, clock, routes: [], direct: direct.send })
  const slack = new SlackSender({ http, clock })

  async function sent(delivery: Delivery, isWanted: () => boolean): Promise<Outcome<void, string>> {
    switch (delivery.kind) {
      case 'http': {
        const each = await Promise.all(
          delivery.requests.map((one) => sendHttp(one, delivery.retry, { http, clock, isWanted })),
        )
        const failed = each.find((outcome) => !outcome.ok)
        if (delivery.enough === 'one' && each.some((outcome) => outcome.ok)) return success(undefined)
        return failed ?? success(undefined)
      }
      case 'slack':
        return slack.send(delivery, isWanted)
      case 'email':
        return sendEmail(delivery)
      case 'desktop':
        if (desktop === undefined) return failure('there is no desktop here')
        desktop(delivery.title, delivery.body)
        return success(undefined)
      default:
        return assertNever(delivery)
    }
  }

  const deliver: NotificationsPort['deliver'] = (delivery, isWanted) =>
    sent(delivery, isWanted).catch((error: unknown) =>
      failure(`a fault in Argosy: ${error instanceof Error ? error.message : String(error)}. Please report it.`),
    )
  return { deliver, close: () => direct.close() }
}
