import type { Grouping } from './expression.ts'
import type { Labels } from './series.ts'

/** The labels by which samples belong together. The metric's name is never one of them. */
export const groupLabels = (labels: Labels, { keep, labels: named }: Grouping): Labels =>
  Object.fromEntries(Object.entries(labels).filter(([label]) => label !== '__name__' && named.includes(label) === keep))

/** One text for equal labels, whatever their order. */
export const labelKey = (labels: Labels): string =>
  JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)))

/** Every label but the metric's name. */
export const allLabels: Grouping = { keep: false, labels: [] }
