package io.perdure.tools;

import io.perdure.protocol.topic.InvalidTopicFilterException;
import io.perdure.protocol.topic.TopicFilter;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a Topic Filter from the command line. */
final class TopicFilterConverter implements ITypeConverter<TopicFilter> {

    @Override
    public TopicFilter convert(String text) {
        try {
            return TopicFilter.of(text);
        } catch (InvalidTopicFilterException e) {
            throw new TypeConversionException("'" + text + "': " + e.getMessage());
        }
    }
}
