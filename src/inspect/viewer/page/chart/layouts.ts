/** The charts of all machines with their places, which were computed when the page was built. */
import { ofAllMachines } from '../../../diagram/machines.ts'
import { chartOf } from '../../../diagram/model.ts'
import { fullGraph, smallGraph } from '../../chart/graph.ts'
import { layoutOf, type PlacesOfCharts } from '../../chart/places.ts'

/** The bundler puts them here: `../../bundle.ts`. */
declare const CHART_PLACES: PlacesOfCharts

const placed = new Map(CHART_PLACES)

/** They fit the server's machines, because page and server are of one build. */
export const LAYOUTS = ofAllMachines((machine, name) => {
  const graph = fullGraph(chartOf(machine, name))
  const places = placed.get(name)
  return places && { graph, full: layoutOf(graph, places.full), small: layoutOf(smallGraph(graph), places.small) }
})
