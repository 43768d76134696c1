package io.procpool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** JSON arguments as Java parameters. */
class BindingTest {

    private static String shapes(String name, String args) {
        return FunctionsOfTheTests.apply("functions.Shapes." + name, args);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    byteOf       | -128                            | -128
                    shortOf      | 32767                           | 32767
                    intOf        | -2147483648                     | -2147483648
                    longOf       | 9223372036854775807             | 9223372036854775807
                    floatOf      | 1.5                             | 1.5
                    floatOf      | 3                               | 3.0
                    doubleOf     | 3                               | 3.0
                    doubleOf     | 1e300                           | 1.0E300
                    charOf       | "ä"                             | "ä"
                    booleanOf    | true                            | true
                    boxedOf      | 5                               | 5
                    boxedOf      | null                            | null
                    bigIntegerOf | 123456789012345678901234567890  | 123456789012345678901234567890
                    bigIntegerOf | 5                               | 5
                    bigDecimalOf | 0.10                            | 0.10
                    bigDecimalOf | 7                               | 7
                    stringOf     | "a😀"                           | "a😀"
                    stringOf     | null                            | null
                    objectOf     | 5                               | "Long 5"
                    objectOf     | 9223372036854775808             | "BigInteger 9223372036854775808"
                    objectOf     | 0.1                             | "Double 0.1"
                    objectOf     | 0.10000000000000000001          | "BigDecimal 0.10000000000000000001"
                    objectOf     | 1e400                           | "BigDecimal 1E+400"
                    objectOf     | "a"                             | "String a"
                    objectOf     | [1,{"b":null}]                  | "ArrayList [1, {b=null}]"
                    objectOf     | null                            | "null"
                    colorOf      | "RED"                           | "RED"
                    pointOf      | {"x":1,"y":2,"label":"a"}       | {"x":1,"y":2,"label":"a"}
                    pointOf      | {"y":2,"x":1}                   | {"x":1,"y":2,"label":null}
                    pointOf      | null                            | null
                    lineOf       | {"from":{"x":1,"y":2},"to":null} | {"from":{"x":1,"y":2,"label":null},"to":null,"color":null}
                    lineOf       | {"from":null,"to":null,"color":"GREEN"} | {"from":null,"to":null,"color":"GREEN"}
                    beanOf       | {"name":"n","size":3}           | {"name":"n","size":3}
                    pointsOf     | [{"x":1,"y":2},null]            | [{"x":1,"y":2,"label":null},null]
                    mapOf        | {"RED":[1,2]}                   | {"RED":[1,2]}
                    optionalOf   | 5                               | 5
                    optionalOf   | null                            | null
                    dateOf       | "2024-02-29"                    | "2024-02-29"
                    instantOf    | "2024-02-29T12:00:00Z"          | "2024-02-29T12:00:00Z"
                    durationOf   | "PT1H30M"                       | "PT1H30M"
                    bytesOf      | "AP8="                          | "AP8="
                    doublesOf    | [1,2.5]                         | [1.0,2.5]
                    arrayOf      | [{"x":1,"y":2}]                 | [{"x":1,"y":2,"label":null}]
                    genericOf    | "a"                             | "a"
                    """)
    void fits(String name, String argument, String value) {
        assertThat(shapes(name, "[" + argument + "]")).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    byteOf       | 300                             | 300 is no byte
                    byteOf       | 200                             | 200 is no byte
                    shortOf      | 32768                           | 32768 is no short
                    intOf        | 2147483648                      | 2147483648 is no int
                    intOf        | 3.0                             | 3.0 is no int
                    intOf        | "3"                             | a string is no int
                    intOf        | null                            | null is no int
                    intOf        | true                            | true is no int
                    longOf       | 9223372036854775808             | 9223372036854775808 is no long
                    floatOf      | 1e39                            | is no float
                    doubleOf     | 1e309                           | is no double
                    doubleOf     | "1"                             | a string is no double
                    doubleOf     | "NaN"                           | a string is no double
                    charOf       | "ab"                            | a string is no char
                    charOf       | 65                              | 65 is no char
                    booleanOf    | 1                               | 1 is no boolean
                    booleanOf    | "true"                          | a string is no boolean
                    stringOf     | 5                               | 5 is no String
                    stringOf     | ["a"]                           | an array is no String
                    bigIntegerOf | 1.0                             | 1.0 is no BigInteger
                    colorOf      | "BLUE"                          | BLUE
                    colorOf      | 0                               | argument 1
                    colorOf      | ""                              | argument 1
                    pointOf      | {"x":1}                         | ["y"]: it is missing, and int has no null
                    pointOf      | {"x":1,"y":null}                | ["y"]: null is no int
                    pointOf      | {"x":1,"y":2.0}                 | ["y"]: 2.0 is no int
                    pointOf      | {"x":1,"y":2,"z":3}             | "z"
                    pointOf      | {"x":-1,"y":2}                  | x is negative
                    pointOf      | [1,2]                           | argument 1
                    pointOf      | "1"                             | argument 1
                    pointOf      | ""                              | argument 1
                    beanOf       | {"name":5}                      | ["name"]: 5 is no String
                    pointsOf     | {"x":1,"y":2}                   | argument 1
                    mapOf        | {"RED":["1"]}                   | ["RED"][0]: a string is no Integer
                    optionalOf   | "5"                             | a string is no Integer
                    dateOf       | 20240229                        | it must be a string
                    dateOf       | [2024,2,29]                     | it must be a string
                    dateOf       | "2023-02-29"                    | argument 1
                    instantOf    | 1709208000                      | it must be a string
                    bytesOf      | [1,2]                           | it must be a string
                    bytesOf      | "?"                             | argument 1
                    doublesOf    | ["1"]                           | element 0: a string is no double
                    doublesOf    | 1                               | 1 is no array
                    runnableOf   | {}                              | argument 1
                    classOf      | "java.lang.Runtime"             | a class cannot be an argument
                    """)
    void does_not_fit(String name, String argument, String why) {
        assertThat(shapes(name, "[" + argument + "]"))
                .startsWith("arguments-do-not-fit: functions.Shapes." + name + "(")
                .contains(why);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    3                 | int 3
                    3000000000        | long 3000000000
                    3.0               | double 3.0
                    30000000000000000000 | BigInteger 30000000000000000000
                    true              | boolean true
                    "a"               | String a
                    [1,2]             | int[] 2
                    ["a"]             | List<String> [a]
                    {"x":1,"y":2}     | Point 1
                    {"x":1,"z":2}     | Map [x, z]
                    1,"a"             | int, String
                    "a",1,null        | String, Object... 2
                    """)
    void the_overload_is_the_one_that_javac_would_take(String args, String chosen) {
        assertThat(shapes("which", "[" + args + "]")).isEqualTo("\"" + chosen + "\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    max   | 3,7            | 7
                    max   | 3.5,7          | 7.0
                    max   | 3000000000,1   | 3000000000
                    abs   | -1             | 1
                    round | 2.5            | 3
                    sqrt  | 4              | 2.0
                    """)
    void mathematics(String name, String args, String value) {
        assertThat(FunctionsOfTheTests.apply("java.lang.Math." + name, "[" + args + "]"))
                .isEqualTo(value);
    }

    @Test
    void arguments_without_a_most_specific_overload_fit_none_and_all_that_do_are_named() {
        assertThat(shapes("torn", "[1,2]"))
                .startsWith("arguments-do-not-fit: ")
                .contains("fit equally well: (int a, long b), (long a, int b)");
        assertThat(shapes("torn", "[1,3000000000]")).isEqualTo("\"int, long\"");
    }

    @Test
    void variable_arguments_come_one_by_one_or_as_an_array() {
        assertThat(shapes("sum", "[]")).isEqualTo("0");
        assertThat(shapes("sum", "[1]")).isEqualTo("1");
        assertThat(shapes("sum", "[1,2,3]")).isEqualTo("6");
        assertThat(shapes("sum", "[[1,2,3]]")).isEqualTo("6");
        assertThat(shapes("sum", "[1,\"2\"]")).contains("argument 2: a string is no int");
        assertThat(shapes("join", "[\"-\",\"a\",\"b\"]")).isEqualTo("\"a-b\"");
        assertThat(shapes("join", "[]")).contains("cannot take 0 arguments");
    }

    @Test
    void kwds_go_by_the_names_of_parameters() {
        assertThat(kwds("functions.Tasks.add", "[1]", "{\"b\":2}")).isEqualTo("3");
        assertThat(kwds("functions.Tasks.add", "[]", "{\"b\":2}")).contains("'a' is missing");
        assertThat(kwds("functions.Tasks.add", "[1]", "{\"b\":2,\"c\":3}"))
                .contains("has no parameter 'c'");
        assertThat(kwds("functions.Tasks.add", "[1,2]", "{\"b\":2}"))
                .contains("'b' is given twice");
        assertThat(kwds("functions.Shapes.sum", "[]", "{\"numbers\":[1,2]}")).isEqualTo("3");
        assertThat(kwds("functions.Shapes.pointOf", "[]", "{\"x\":1,\"y\":2}"))
                .contains("'value' is missing");
    }

    private static String kwds(String func, String args, String kwds) {
        return FunctionsOfTheTests.call(func, "{\"args\":" + args + ",\"kwds\":" + kwds + "}");
    }

    @Test
    void the_jdk_has_no_names_for_kwds_and_the_answer_says_so() {
        assertThat(kwds("java.lang.Math.max", "[1]", "{\"b\":2}"))
                .startsWith("arguments-do-not-fit: ")
                .isEqualTo(
                        "arguments-do-not-fit: java.lang.Math.max cannot take kwds: its class was compiled without -parameters, so that they have no names to go by");
    }

    @Test
    void a_wrong_number_of_arguments_is_told_with_all_candidates() {
        assertThat(FunctionsOfTheTests.apply("java.lang.Math.max", "[1]"))
                .startsWith("arguments-do-not-fit: java.lang.Math.max")
                .contains("(int, int)", "(double, double)", "cannot take 1 argument");
    }
}
