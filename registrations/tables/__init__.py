"""Reading the tables that people bring in: lists kept in a spreadsheet, files of meeting platforms. Pure.

reading       bytes -> rows of text, whatever the encoding and the separator
formats       what the bytes may be: workbooks (XLSX, ODS), business cards, encodings
headings      the words of a heading -> what the column holds
amounts       a duration in words or digits -> minutes
instants      dates and hours as platforms write them
"""
