package io.procpool.worker;

import io.procpool.payload.Payload;
import io.procpool.wire.Frame;
import io.procpool.wire.FrameLimits;
import io.procpool.wire.Header;
import io.procpool.wire.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The frame that tells the host what can be called: names in its header, what people want to know of them in its body. */
final class CatalogueFrame {
    private static final String TOO_LONG =
            "the list of its functions does not fit the catalogue, of which a header of 1 MiB is all";

    private CatalogueFrame() {}

    static Frame of(Catalogue catalogue, int maxBody) {
        var names = new TreeMap<String, List<String>>();
        var errors = new TreeMap<String, String>();
        for (var module : catalogue.modules()) {
            names.put(module.name(), List.copyOf(module.functions().keySet()));
            if (module.error() != null) {
                errors.put(module.name(), module.error());
            }
        }
        // The largest lists give way, one after the other, and say so.
        var largest = new ArrayList<>(names.keySet());
        largest.sort(Comparator.comparingInt(name -> -names.getOrDefault(name, List.of()).size()));
        var header = header(catalogue, names, errors);
        for (var name : largest) {
            if (header.toString().length()
                    <= FrameLimits.MAX_HEADER / 2) { // characters may be more bytes
                break;
            }
            names.put(name, List.of());
            errors.put(name, TOO_LONG);
            header = header(catalogue, names, errors);
        }
        var details = Payload.ofUtf8(Header.of(Map.of("modules", details(catalogue))).toString());
        return details.size() > maxBody
                ? Frame.of(Kind.CATALOGUE, 0, header)
                : Frame.of(Kind.CATALOGUE, 0, header, details);
    }

    private static Header header(
            Catalogue catalogue, Map<String, List<String>> names, Map<String, String> errors) {
        var modules = new ArrayList<Map<String, Object>>();
        names.forEach(
                (name, functions) -> {
                    var module = new LinkedHashMap<String, Object>();
                    module.put("name", name);
                    module.put("functions", functions);
                    if (errors.containsKey(name)) {
                        module.put("error", errors.get(name));
                    }
                    modules.add(module);
                });
        var fields = new LinkedHashMap<String, Object>();
        fields.put("modules", modules);
        fields.put("start_method", "spawn");
        fields.put(
                "warnings",
                catalogue.warnings().stream().map(text -> Failed.text(text, 1000)).toList());
        return Header.of(fields);
    }

    private static Map<String, Object> details(Catalogue catalogue) {
        var modules = new TreeMap<String, Object>();
        for (var module : catalogue.modules()) {
            var functions = new TreeMap<String, Object>();
            module.functions()
                    .forEach((name, function) -> functions.put(name, described(function)));
            var details = new LinkedHashMap<String, Object>();
            details.put("doc", null);
            details.put("functions", functions);
            modules.put(module.name(), details);
        }
        return modules;
    }

    private static Map<String, Object> described(Function function) {
        var details = new LinkedHashMap<String, Object>();
        details.put("signature", function.signature());
        details.put("doc", null); // a class file has none
        return details;
    }
}
