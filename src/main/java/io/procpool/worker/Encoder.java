package io.procpool.worker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.procpool.payload.Payload;
import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.util.JsonGeneratorDelegate;

/** Values as compact JSON text, strictly: what has no JSON form is refused with the place where it stands. Thread safe. */
final class Encoder {
    private final Json json;
    private final int maxBody;
    private final int maxNesting;

    Encoder(Json json, int maxBody, int maxNesting) {
        this.json = json;
        this.maxBody = maxBody;
        this.maxNesting = maxNesting;
    }

    int maxBody() {
        return maxBody;
    }

    Payload encode(@Nullable Object value) throws Failed {
        var text = new BoundedText(maxBody);
        encode(value, text);
        return text.payload();
    }

    /** Adds the text of a value; nothing, if it fails. */
    void encode(@Nullable Object value, BoundedText text) throws Failed {
        int mark = text.size();
        try {
            if (value == null || isPlain(value)) {
                text.write(String.valueOf(value).getBytes(ISO_8859_1));
            } else {
                write(value, text);
            }
        } catch (BoundedText.Full full) {
            throw tooLarge();
        } catch (Failed failed) {
            text.cut(mark);
            throw failed;
        }
    }

    /** Values whose text is their JSON, and which are most. */
    private static boolean isPlain(Object value) {
        return value instanceof Integer
                || value instanceof Long
                || value instanceof Boolean
                || value instanceof BigInteger
                || (value instanceof Double number && Double.isFinite(number));
    }

    private void write(Object value, BoundedText text) throws Failed {
        try (var generator = new Finite(json.mapper().createGenerator(text))) {
            json.mapper().writeValue(generator, value);
        } catch (JacksonException failure) {
            throw text.isFull() ? tooLarge() : refused(failure);
        } catch (StackOverflowError deep) {
            throw tooDeep();
        } catch (BoundedText.Full full) {
            throw full;
        } catch (RuntimeException | LinkageError users) { // of a getter or an iterator
            throw new Failed(
                    Failed.NOT_SERIALIZABLE,
                    "the result has no JSON form: " + Raised.by(users).message());
        }
    }

    Failed tooLarge() {
        return new Failed(
                Failed.RESULT_TOO_LARGE,
                String.format("the result has more than the %,d bytes that are allowed", maxBody));
    }

    private Failed tooDeep() {
        return new Failed(
                Failed.NOT_SERIALIZABLE,
                "the result is nested deeper than " + maxNesting + " levels");
    }

    private Failed refused(JacksonException failure) {
        if (failure.getPath().size() >= maxNesting) {
            return tooDeep();
        }
        return new Failed(
                Failed.NOT_SERIALIZABLE,
                place("result", failure.getPath()) + " " + failure.getOriginalMessage());
    }

    /** As one would write it: {@code result["a"][3]}. */
    static String place(String root, List<JacksonException.Reference> path) {
        var place = new StringBuilder(root);
        for (var step : path) {
            if (step.getPropertyName() == null) {
                place.append('[').append(step.getIndex()).append(']');
            } else {
                place.append("[\"").append(step.getPropertyName()).append("\"]");
            }
        }
        return place.toString();
    }

    /** A generator that takes no number and no text that JSON in UTF-8 cannot say. */
    private static final class Finite extends JsonGeneratorDelegate {
        Finite(JsonGenerator generator) {
            super(generator, false);
            generator.configure(StreamWriteFeature.AUTO_CLOSE_CONTENT, false);
        }

        @Override
        public JsonGenerator writeNumber(double number) {
            require(Double.isFinite(number), number);
            return super.writeNumber(number);
        }

        @Override
        public JsonGenerator writeNumber(float number) {
            require(Float.isFinite(number), number);
            return super.writeNumber(number);
        }

        @Override
        public JsonGenerator writeArray(double[] numbers, int offset, int length) {
            for (int i = offset; i < offset + length; i++) {
                require(Double.isFinite(numbers[i]), numbers[i]);
            }
            return super.writeArray(numbers, offset, length);
        }

        private void require(boolean finite, double number) {
            if (!finite) {
                throw _constructWriteException("is " + number + ", which JSON does not have");
            }
        }

        @Override
        public JsonGenerator writeString(@Nullable String text) {
            if (text != null) {
                requireWhole(text);
            }
            return super.writeString(text);
        }

        @Override
        public JsonGenerator writeName(String name) {
            requireWhole(name);
            return super.writeName(name);
        }

        private void requireWhole(String text) {
            for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
                int character = text.codePointAt(i);
                if (character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE) {
                    throw _constructWriteException(
                            String.format(
                                    "has the lone surrogate \\u%04x, which no UTF-8 text can hold",
                                    character));
                }
            }
        }
    }
}
