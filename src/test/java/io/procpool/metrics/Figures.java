package io.procpool.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Statistic;
import io.micrometer.core.instrument.search.Search;
import io.procpool.service.Service;
import java.util.stream.StreamSupport;

/** Reads a running service's meters. */
record Figures(MeterRegistry registry) {

    static Figures of(Service service) {
        return new Figures(service.bean(MeterRegistry.class));
    }

    /** The sum over all meters that have these labels of what counts, or of the gauge; NaN if there is none. */
    double value(String name, String... labels) {
        return Search.in(registry).name(name).tags(labels).meters().stream()
                .mapToDouble(Figures::value)
                .reduce((a, b) -> a + b)
                .orElse(Double.NaN);
    }

    private static double value(Meter meter) {
        return StreamSupport.stream(meter.measure().spliterator(), false)
                .filter(
                        measurement ->
                                measurement.getStatistic() == Statistic.COUNT
                                        || measurement.getStatistic() == Statistic.VALUE)
                .findFirst()
                .orElseThrow()
                .getValue();
    }
}
