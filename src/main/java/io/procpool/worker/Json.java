package io.procpool.worker;

import io.procpool.payload.Payload;
import java.io.InputStream;
import java.lang.reflect.Type;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.util.ByteBufferBackedInputStream;

/**
 * Jackson, set so that nothing is guessed: no text becomes a number and no number another one, numbers keep all their digits, and a value
 * that has no JSON form is refused. How deep and how long a text may be is checked by the service, so here it is not. Thread safe.
 */
final class Json {
    private static final StreamReadConstraints NO_CONSTRAINTS =
            StreamReadConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build();

    private final JsonMapper mapper;

    /** @param maxNesting levels of arrays and objects of a value that is written */
    Json(int maxNesting) {
        var factory =
                JsonFactory.builder()
                        .disable(JsonFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                        .streamReadConstraints(NO_CONSTRAINTS)
                        .streamWriteConstraints(
                                StreamWriteConstraints.builder()
                                        .maxNestingDepth(maxNesting)
                                        .build())
                        .enable(StreamReadFeature.USE_FAST_BIG_NUMBER_PARSER)
                        .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
                        .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
                        .build();
        var builder =
                JsonMapper.builder(factory)
                        .addModule(new StrictValues())
                        .enable(
                                DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                                DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                                DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                        .disable(
                                DeserializationFeature.ACCEPT_FLOAT_AS_INT,
                                DeserializationFeature
                                        .FAIL_ON_TRAILING_TOKENS) // items are read one by one
                        .enable(JsonNodeFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                        .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                        .disable(
                                MapperFeature.ALLOW_COERCION_OF_SCALARS,
                                MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                        .enable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
                        .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
                        .disable(
                                EnumFeature.READ_ENUMS_USING_TO_STRING,
                                EnumFeature.WRITE_ENUMS_USING_TO_STRING)
                        .enable(DateTimeFeature.WRITE_DATES_WITH_ZONE_ID)
                        .disable(
                                DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS,
                                DateTimeFeature.WRITE_DATE_KEYS_AS_TIMESTAMPS,
                                DateTimeFeature.WRITE_DURATIONS_AS_TIMESTAMPS,
                                DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE,
                                DateTimeFeature.NORMALIZE_DESERIALIZED_ZONE_ID)
                        .withCoercionConfigDefaults(
                                coercions -> {
                                    for (var shape : CoercionInputShape.values()) {
                                        coercions.setCoercion(shape, CoercionAction.Fail);
                                    }
                                });
        mapper = builder.build();
    }

    JsonMapper mapper() {
        return mapper;
    }

    /** @throws JacksonException if it is no JSON */
    JsonNode tree(Payload text) {
        return mapper.readTree(stream(text));
    }

    /** For texts that are read piece by piece. The caller closes it. */
    JsonParser parser(Payload text) {
        return mapper.createParser(stream(text));
    }

    private static InputStream stream(Payload text) {
        return new ByteBufferBackedInputStream(text.asByteBuffer());
    }

    JavaType type(Type type) {
        return mapper.constructType(type);
    }
}
