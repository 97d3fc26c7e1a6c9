"""A CSV file of requests to create: read it, find everything that is wrong, and plan its requests.

`csv_table` reads the file, `import_columns` knows its columns, `import_row` makes a request of one
row or says what is wrong with it, `import_plan` does so for the whole file, `known_rows` compares
them with the journal, `import_result` is what became of each line. Start with `import_plan`.
"""
