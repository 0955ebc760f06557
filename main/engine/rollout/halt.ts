import type { Situation } from './situation.ts'

/** Nothing may move until a person says so (REC-34). */
export const isHalted = (situation: Situation): boolean =>
  situation.spec.paused === true || hasInconclusiveAnalysis(situation)

export const hasInconclusiveAnalysis = ({ status }: Situation): boolean =>
  (status.pauseConditions ?? []).some(({ reason }) => reason === 'InconclusiveAnalysisRun')
