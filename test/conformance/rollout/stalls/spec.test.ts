import { stallsOfSpec } from './of-spec.ts'
import { tellStalls } from './tell-stalls.ts'

tellStalls(stallsOfSpec, 101)
