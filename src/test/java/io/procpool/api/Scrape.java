package io.procpool.api;

import io.procpool.service.Service;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What /actuator/prometheus says at one moment (Prometheus text format 0.0.4). */
record Scrape(String text, List<Sample> samples) {
    private static final Pattern LINE = Pattern.compile("(\\w+)(?:\\{(.*)\\})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    record Sample(String name, Map<String, String> labels, double value) {}

    static Scrape of(Service service) {
        var response = service.get("/actuator/prometheus");
        response.then().statusCode(200);
        var text = response.asString();
        return new Scrape(
                text,
                text.lines().filter(line -> !line.startsWith("#")).map(Scrape::sample).toList());
    }

    private static Sample sample(String line) {
        var parts = LINE.matcher(line);
        if (!parts.matches()) {
            throw new AssertionError("no sample: " + line);
        }
        var labels = new HashMap<String, String>();
        if (parts.group(2) != null) {
            var label = LABEL.matcher(parts.group(2));
            while (label.find()) {
                labels.put(label.group(1), label.group(2));
            }
        }
        return new Sample(parts.group(1), labels, number(parts.group(3)));
    }

    private static double number(String text) {
        return text.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(text);
    }

    static Map<String, String> labels(String[] more, String... pairs) {
        var labels = new HashMap<String, String>();
        for (int at = 0; at < pairs.length; at += 2) {
            labels.put(pairs[at], pairs[at + 1]);
        }
        for (int at = 0; at < more.length; at += 2) {
            labels.put(more[at], more[at + 1]);
        }
        return labels;
    }

    List<Sample> of(String name, Map<String, String> labels) {
        return samples.stream()
                .filter(sample -> sample.name().equals(name))
                .filter(sample -> sample.labels().entrySet().containsAll(labels.entrySet()))
                .toList();
    }

    /** The sum of the samples that have these labels; NaN if there are none: absent is not zero. */
    double value(String name, Map<String, String> labels) {
        var found = of(name, labels);
        return found.isEmpty() ? Double.NaN : found.stream().mapToDouble(Sample::value).sum();
    }
}
