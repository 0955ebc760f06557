import { stallsOfPods } from './of-pods.ts'
import { tellStalls } from './tell-stalls.ts'

tellStalls(stallsOfPods, 1)
