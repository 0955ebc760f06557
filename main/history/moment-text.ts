import type { HistoryMomentView } from '#contract/views.ts'
import { assertNever } from '#lib/assert.ts'
import { humanDuration } from '#lib/human-duration.ts'

const timesText = (count: number): string => (count > 1 ? ` (${count} times)` : '')

/** What happened, in words. */
export const momentText = (moment: HistoryMomentView): string =>
  moment.backFilled === true ? `${wordsOf(moment)} (told by the cluster afterwards)` : wordsOf(moment)

function wordsOf(moment: HistoryMomentView): string {
  switch (moment.kind) {
    case 'status':
      return moment.message === '' ? moment.status : `${moment.status} - ${moment.message}`
    case 'weight':
      return `weight ${moment.actualWeight}, set to ${moment.setWeight}`
    case 'step':
      return `step ${moment.stepIndex}/${moment.stepCount}`
    case 'pods':
      return `pods: ${moment.canary} canary, ${moment.stable} stable`
    case 'action':
      return [`${moment.action} ${moment.result}`, moment.reason].filter((each) => each !== '').join(': ')
    case 'event':
      return `${moment.type === 'Warning' ? 'warning ' : ''}${moment.reason}: ${moment.message}${timesText(moment.count)}`
    case 'gap':
      return `not recorded for ${humanDuration(moment.until - moment.at)}: ${moment.why}`
    default:
      return assertNever(moment)
  }
}
