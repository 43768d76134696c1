package io.procpool.worker;

import java.lang.reflect.Array;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.deser.ValueDeserializerModifier;
import tools.jackson.databind.deser.std.DelegatingDeserializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.ValueSerializerModifier;
import tools.jackson.databind.ser.bean.BeanSerializerBase;

/** What the settings of Jackson do not make strict. */
final class StrictValues extends SimpleModule {
    private static final long serialVersionUID = 1L;

    StrictValues() {
        super("strict-values");
        for (var type : Scalars.TYPES) {
            scalar(type);
        }
        for (var element :
                List.of(
                        boolean.class,
                        short.class,
                        int.class,
                        long.class,
                        float.class,
                        double.class)) {
            array(element.arrayType(), element);
        }
        addDeserializer(Class.class, new NoClass());
        setDeserializerModifier(new Texts());
        setSerializerModifier(new NoMachinery());
    }

    @SuppressWarnings("unchecked") // the class says which values there will be
    private <T> void scalar(Class<T> type) {
        addDeserializer(type, (ValueDeserializer<T>) new Scalar(type));
    }

    @SuppressWarnings("unchecked")
    private <T> void array(Class<T> type, Class<?> element) {
        addDeserializer(type, (ValueDeserializer<T>) new Elements(element));
    }

    private static final class Scalar extends ValueDeserializer<Object> {
        private final Class<?> type;

        Scalar(Class<?> type) {
            this.type = type;
        }

        @Override
        public @Nullable Object deserialize(JsonParser parser, DeserializationContext context) {
            try {
                return Scalars.convert(context.readTree(parser), type);
            } catch (Misfit misfit) {
                return context.reportInputMismatch(this, misfit.why());
            }
        }

        @Override
        public @Nullable Object getNullValue(DeserializationContext context) {
            return type.isPrimitive()
                    ? context.reportInputMismatch(this, "null is no " + type.getSimpleName())
                    : null;
        }

        @Override
        public @Nullable Object getAbsentValue(DeserializationContext context) {
            return type.isPrimitive()
                    ? context.reportInputMismatch(
                            this, "it is missing, and " + type.getSimpleName() + " has no null")
                    : null;
        }
    }

    /** Jackson would load any class that an argument names. */
    @SuppressWarnings("rawtypes") // as Class.class is
    private static final class NoClass extends ValueDeserializer<Class> {
        @Override
        public Class deserialize(JsonParser parser, DeserializationContext context) {
            return context.reportInputMismatch(this, "a class cannot be an argument");
        }
    }

    private static final class Elements extends ValueDeserializer<Object> {
        private final Class<?> type;

        Elements(Class<?> type) {
            this.type = type;
        }

        @Override
        public @Nullable Object deserialize(JsonParser parser, DeserializationContext context) {
            var node = context.readTree(parser);
            if (!node.isArray()) {
                return context.reportInputMismatch(this, Scalars.shown(node) + " is no array");
            }
            var array = Array.newInstance(type, node.size());
            for (int i = 0; i < node.size(); i++) {
                try {
                    Array.set(array, i, Scalars.convert(node.get(i), type));
                } catch (Misfit misfit) {
                    return context.reportInputMismatch(this, "element " + i + ": " + misfit.why());
                }
            }
            return array;
        }
    }

    /** Dates, times and bytes are texts: a number or an array is none, though Jackson would make one of it. */
    private static final class Texts extends ValueDeserializerModifier {
        private static final long serialVersionUID = 1L;

        @Override
        public ValueDeserializer<?> modifyDeserializer(
                DeserializationConfig config,
                BeanDescription.Supplier description,
                ValueDeserializer<?> deserializer) {
            var type = description.getBeanClass();
            return type.getPackageName().equals("java.time") && !type.isEnum()
                    ? new Text(deserializer)
                    : deserializer;
        }

        @Override
        public ValueDeserializer<?> modifyArrayDeserializer(
                DeserializationConfig config,
                tools.jackson.databind.type.ArrayType type,
                BeanDescription.Supplier description,
                ValueDeserializer<?> deserializer) {
            return type.hasRawClass(byte[].class) ? new Text(deserializer) : deserializer;
        }
    }

    private static final class Text extends DelegatingDeserializer {
        Text(ValueDeserializer<?> deserializer) {
            super(deserializer);
        }

        @Override
        protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> deserializer) {
            return new Text(deserializer);
        }

        @Override
        public Object deserialize(JsonParser parser, DeserializationContext context) {
            if (parser.currentToken() != JsonToken.VALUE_STRING) {
                return context.reportInputMismatch(this, "it must be a string");
            }
            return super.deserialize(parser, context);
        }
    }

    /** A thread, a stream or a future of the JDK has getters, and a lambda is a bean without any, but they are no data. */
    private static final class NoMachinery extends ValueSerializerModifier {
        private static final long serialVersionUID = 1L;

        @Override
        public ValueSerializer<?> modifySerializer(
                SerializationConfig config,
                BeanDescription.Supplier description,
                ValueSerializer<?> serializer) {
            var type = description.getBeanClass();
            return serializer instanceof BeanSerializerBase && (isOfJdk(type) || type.isHidden())
                    ? new Refused()
                    : serializer;
        }

        private static boolean isOfJdk(Class<?> type) {
            var loader = type.getClassLoader();
            return loader == null || loader.equals(ClassLoader.getPlatformClassLoader());
        }
    }

    private static final class Refused extends ValueSerializer<Object> {
        @Override
        public void serialize(
                Object value,
                tools.jackson.core.JsonGenerator generator,
                tools.jackson.databind.SerializationContext context) {
            context.reportMappingProblem(
                    "is a %s, which has no JSON form", value.getClass().getName());
        }
    }
}
