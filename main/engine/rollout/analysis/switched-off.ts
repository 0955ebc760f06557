import { isFullPromotionWanted } from '../promotion.ts'
import { isFastRollback } from '../rollback.ts'
import type { Situation } from '../situation.ts'

/** Nothing is analysed: there is no update, it is over, or it is not to be held up (ANA-1109, BG-41). */
export const isSwitchedOff = (situation: Situation): boolean =>
  situation.isFullyPromoted ||
  situation.isAborted ||
  isFullPromotionWanted(situation) ||
  isFastRollback(situation) ||
  (situation.status.stableRS ?? '') === ''
