package io.procpool.runtime;

import io.procpool.function.Catalogue;
import io.procpool.wire.Frame;
import io.procpool.wire.Header;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What a host process says once, when it can start workers. */
record Ready(Catalogue catalogue, String startMethod, List<String> warnings) {

    static Ready of(Frame frame) {
        var header = frame.header();
        var details = Header.object(frame.payload()).object("modules");
        return new Ready(
                Catalogue.of(
                        header.objects("modules").stream()
                                .map(module -> module(module, details))
                                .toList()),
                header.string("start_method", "forkserver"),
                header.strings("warnings"));
    }

    private static Catalogue.Module module(Header module, Header details) {
        var name = module.string("name", "");
        var told = details.object(name).object("functions");
        Map<String, Catalogue.Details> functions = new TreeMap<>();
        for (var function : Set.copyOf(module.strings("functions"))) {
            var one = told.object(function);
            functions.put(
                    function, new Catalogue.Details(one.string("signature"), one.string("doc")));
        }
        return new Catalogue.Module(
                name, functions, details.object(name).string("doc"), module.string("error"));
    }
}
