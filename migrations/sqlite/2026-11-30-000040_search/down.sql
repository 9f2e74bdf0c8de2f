DROP TRIGGER search_texts_deleted;
DROP TABLE search_terms;
DROP TABLE search_texts;
