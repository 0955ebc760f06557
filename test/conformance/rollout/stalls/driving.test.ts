import { stallsOfDriving } from './of-drivers.ts'
import { tellStalls } from './tell-stalls.ts'

tellStalls(stallsOfDriving, 201)
