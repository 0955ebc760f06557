import type { LeaseRequestView } from '#contract/lease-requests.ts'
import type { ClusterView } from '#contract/views.ts'
import type { Dispose, EpochMs } from '#lib/clock.ts'
import { textOf } from '../format/text.ts'
import type { App } from './app.ts'
import { showToast } from './toasts.ts'

/** What is to be answered here, for as long as it counts. */
export const isOpenRequest = ({ side, keptBy, until }: LeaseRequestView, now: EpochMs): boolean =>
  side === 'toUs' && keptBy === undefined && now < until

export const openRequestOf = ({ request }: ClusterView, now: EpochMs): LeaseRequestView | undefined =>
  request !== undefined && isOpenRequest(request, now) ? request : undefined

/** Tells who asked that it is kept; that it was handed over shows by itself. */
export const followLeaseRequests = (app: App): Dispose =>
  app.clusters.subscribe(({ clusters }, before) => {
    if (!before.loaded) return
    for (const { context, request } of clusters) {
      const last = before.clusters.find((each) => each.context === context)?.request
      if (request?.side !== 'ours' || request.keptBy === undefined || last?.keptBy !== undefined) continue
      const text = textOf(app.texts)
      const title = text('ask.kept', { by: request.keptBy, cluster: context })
      showToast(app.toasts, { id: `kept ${context}`, tone: 'info', title, detail: text('ask.keptWhy') })
    }
  })
