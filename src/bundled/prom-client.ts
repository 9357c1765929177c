/** Metrics for Prometheus. */
export { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
