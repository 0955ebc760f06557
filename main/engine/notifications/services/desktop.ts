import { success } from '#lib/outcome.ts'
import type { ServiceReader } from './service.ts'

/** A notification of the machine that drives (ours). */
export const desktop: ServiceReader = () => (notification) =>
  success({ kind: 'desktop', title: notification.blocks['desktop']?.['title'] || 'Argosy', body: notification.message })
